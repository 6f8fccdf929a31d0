import JSONText

/// A JSON value written down in Swift; objects keep the order of their members.
indirect enum JSONLiteral: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([JSONLiteral])
  case object([(name: String, value: JSONLiteral)])
  /// A value that is JSON text already.
  case text(String)

  /// Appends the value to a text.
  func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .integer(let value): writer.integer(value)
    case .number(let value): writer.number(value)
    case .string(let value): writer.string(value)
    case .list(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for (name, value) in members {
        writer.name(name)
        value.write(to: &writer)
      }
      writer.endObject()
    case .text(let text): writer.raw(text.utf8)
    }
  }
}

extension JSONLiteral: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONLiteral: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  init(arrayLiteral elements: JSONLiteral...) { self = .list(elements) }
  init(dictionaryLiteral members: (String, JSONLiteral)...) {
    self = .object(members.map { (name: $0.0, value: $0.1) })
  }
}
