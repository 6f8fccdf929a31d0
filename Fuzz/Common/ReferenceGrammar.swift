/// RFC 8259 once more, as plainly as can be and by recursion, to judge the module by.
struct ReferenceGrammar {
  private let bytes: [UInt8]
  private var index = 0
  private let depthLimit: Int

  /// Whether the bytes are one JSON value with no more than `depthLimit` levels.
  static func accepts(_ bytes: [UInt8], depthLimit: Int) -> Bool {
    // Outside strings the grammar has ASCII only, so UTF-8 as a whole is as good as UTF-8 in each string.
    guard String(validating: bytes, as: UTF8.self) != nil else { return false }
    var grammar = ReferenceGrammar(bytes: bytes, depthLimit: depthLimit)
    return grammar.value(depth: 0) && grammar.index == bytes.count
  }

  private init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  private mutating func take(_ set: String) -> Bool {
    guard index < bytes.count, set.utf8.contains(bytes[index]) else { return false }
    index += 1
    return true
  }

  private mutating func take(word: String) -> Bool {
    guard bytes[index...].starts(with: word.utf8) else { return false }
    index += word.utf8.count
    return true
  }

  private mutating func space() { while take(" \t\r\n") {} }

  private mutating func value(depth: Int) -> Bool {
    space()
    defer { space() }
    if take("[") {
      return depth < depthLimit && list(until: "]") { $0.value(depth: depth + 1) }
    }
    if take("{") {
      return depth < depthLimit
        && list(until: "}") {
          $0.space()
          guard $0.string() else { return false }
          $0.space()
          return $0.take(":") && $0.value(depth: depth + 1)
        }
    }
    switch bytes[index...].first {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return take(word: "true")
    case UInt8(ascii: "f"): return take(word: "false")
    case UInt8(ascii: "n"): return take(word: "null")
    default: return number()
    }
  }

  private mutating func list(until end: String, of item: (inout Self) -> Bool) -> Bool {
    space()
    if take(end) { return true }
    repeat {
      guard item(&self) else { return false }
    } while take(",")
    return take(end)
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while index < bytes.count {
      if take("\"") { return true }
      if take("\\") {
        if take("u") {
          for _ in 0..<4 where !take("0123456789abcdefABCDEF") { return false }
        } else if !take("\"\\/bfnrt") {
          return false
        }
      } else {
        guard bytes[index] >= 0x20 else { return false }
        index += 1
      }
    }
    return false
  }

  private mutating func number() -> Bool {
    _ = take("-")
    guard take("0") || digits() else { return false }
    if take("."), !digits() { return false }
    if take("eE") {
      _ = take("+-")
      return digits()
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = index
    while take("0123456789") {}
    return index > start
  }
}
