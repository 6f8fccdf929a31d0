/// A JSON value, read as plainly as can be, to judge by; strings are UTF-16 so that lone surrogates stay what they are.
indirect enum ReferenceJSON: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string([UInt16])
  case list([ReferenceJSON])
  case object([Member])

  struct Member: Equatable {
    let name: [UInt16]
    let value: ReferenceJSON
  }

  /// The value that a text is, nil where the grammar does not know it.
  init?(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    guard ReferenceGrammar.accepts(bytes, depthLimit: 200) else { return nil }
    var reader = Reader(units: Array(String(decoding: bytes, as: UTF8.self).utf16))
    self = reader.value()
  }

  subscript(_ name: String) -> ReferenceJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.elementsEqual(name.utf16) }?.value
  }

  var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  var elements: [ReferenceJSON]? { if case .list(let elements) = self { elements } else { nil } }

  var units: [UInt16]? { if case .string(let units) = self { units } else { nil } }

  /// A string's text; lone surrogates are replaced.
  var text: String? { units.map { String(decoding: $0, as: UTF16.self) } }

  var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
}

/// Reads a text that the grammar has accepted, so nothing is checked again.
private struct Reader {
  let units: [UInt16]
  var index = 0

  private var unit: UInt16 { index < units.count ? units[index] : 0 }

  private mutating func skip(_ set: String) {
    while index < units.count, set.utf16.contains(units[index]) { index += 1 }
  }

  private mutating func take(_ text: String) -> Bool {
    skip(" \t\r\n")
    guard units[index...].starts(with: text.utf16) else { return false }
    index += text.utf16.count
    skip(" \t\r\n")
    return true
  }

  mutating func value() -> ReferenceJSON {
    if take("null") { return .null }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("[") {
      var elements: [ReferenceJSON] = []
      while !take("]") {
        elements.append(value())
        _ = take(",")
      }
      return .list(elements)
    }
    if take("{") {
      var members: [ReferenceJSON.Member] = []
      while !take("}") {
        let name = string()
        _ = take(":")
        members.append(ReferenceJSON.Member(name: name, value: value()))
        _ = take(",")
      }
      return .object(members)
    }
    if unit == 0x22 { return .string(string()) }
    let start = index
    skip("+-.0123456789eE")
    let number = ReferenceJSON.number(String(decoding: units[start..<index], as: UTF16.self))
    skip(" \t\r\n")
    return number
  }

  private mutating func string() -> [UInt16] {
    var text: [UInt16] = []
    index += 1
    while unit != 0x22 {
      text.append(unit)
      index += 1
      guard text.last == 0x5C else { continue }
      text[text.count - 1] = escaped()
    }
    index += 1
    skip(" \t\r\n")
    return text
  }

  private mutating func escaped() -> UInt16 {
    let letter = unit
    index += 1
    switch UnicodeScalar(letter) {
    case "b": return 8
    case "f": return 12
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "u":
      defer { index += 4 }
      return UInt16(String(decoding: units[index..<index + 4], as: UTF16.self), radix: 16) ?? 0
    default: return letter
    }
  }
}
