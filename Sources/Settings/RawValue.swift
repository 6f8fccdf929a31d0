/// A value as its source spells it, before any key has looked at it.
enum RawValue: Sendable {
  case string(String)
  case integer(Int64)
  case real(Double)
  case boolean(Bool)
  case moment
  case null
  case list([RawValue])
  case table([Entry])

  struct Entry: Sendable {
    let name: String
    let value: RawValue
  }

  /// The value in a fault: its kind, and its text where that is short and simple.
  var shown: String {
    switch self {
    case .string(let text): "string \(text.shown)"
    case .integer(let number): "integer \(number)"
    case .real(let number): "number \(number)"
    case .boolean(let flag): "boolean \(flag)"
    case .moment: "a date or time"
    case .null: "null"
    case .list: "a list"
    case .table: "a table"
    }
  }

  /// The value without its text, for keys in which people put secrets by mistake.
  var kind: String {
    switch self {
    case .string: "a string"
    case .integer, .real: "a number"
    case .boolean: "a boolean"
    case .moment, .null, .list, .table: shown
    }
  }
}

/// How the text of an environment variable or a flag becomes a value.
enum TextShape: Sendable {
  case string
  case integer
  case boolean
  /// Items separated by commas.
  case list
  /// Whole numbers separated by commas.
  case integers
  /// `name=value` pairs separated by commas.
  case table
  /// A JSON array.
  case json

  func raw(_ text: String) throws(Rejection) -> RawValue {
    switch self {
    case .list: return .list(Self.items(text).map { .string($0) })
    case .integers:
      return .list(Self.items(text).map { item in Int64(item).map { .integer($0) } ?? .string(item) })
    case .table: return .table(try Self.pairs(text))
    case .json: return text.trimmed.isEmpty ? .list([]) : try RawValue(json: text)
    case .string, .integer, .boolean: break
    }
    guard !text.isEmpty else { throw Rejection(problem: "is empty; unset it to have the default") }
    switch self {
    case .integer: return Int64(text).map { .integer($0) } ?? .string(text)
    case .boolean where text == "true" || text == "false": return .boolean(text == "true")
    default: return .string(text)
    }
  }

  private static func items(_ text: String) -> [String] {
    guard !text.trimmed.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
  }

  private static func pairs(_ text: String) throws(Rejection) -> [RawValue.Entry] {
    var entries: [RawValue.Entry] = []
    for item in items(text) {
      guard let equals = item.firstIndex(of: "=") else {
        throw Rejection(problem: "\(item.shown) has no =")
      }
      let name = String(item[..<equals].trimmed)
      guard !entries.contains(where: { $0.name == name }) else {
        throw Rejection(problem: "\(name.shown) appears twice")
      }
      entries.append(
        RawValue.Entry(name: name, value: .string(String(item[item.index(after: equals)...].trimmed))))
    }
    return entries
  }
}

extension StringProtocol {
  /// The text between double quotes for a fault or a file: a TOML basic string.
  var quoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  /// The quoted text, cut to what fits into a line of a fault.
  var shown: String {
    count > 60 ? prefix(60).quoted + "…" : quoted
  }

  /// The text without control characters, which would end a line of a fault or a comment.
  var oneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }))
  }

  /// The text without spaces and tabs at its ends.
  var trimmed: SubSequence {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
    let start = drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start }
    return start[...last]
  }
}
