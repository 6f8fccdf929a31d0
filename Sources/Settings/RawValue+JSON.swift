import JSONText

extension RawValue {
  /// The value of a JSON text.
  init(json text: String) throws(Rejection) {
    let root: JSONValue
    do throws(JSONSyntaxError) {
      root = try JSONDocument(parsing: Array(text.utf8)).root
    } catch { throw Self.rejection(error) }
    self = try RawValue(root)
  }

  private init(_ value: JSONValue) throws(Rejection) {
    switch value.kind {
    case .string: self = .string(try Self.text(value))
    case .number: self = value.integer.map { .integer(Int64($0)) } ?? .real(value.number ?? .infinity)
    case .bool: self = .boolean(value.bool == true)
    case .null: self = .null
    case .array:
      var items: [RawValue] = []
      for element in value.elements ?? [] { items.append(try RawValue(element)) }
      self = .list(items)
    case .object: self = .table(try Self.entries(of: value))
    }
  }

  private static func text(_ value: JSONValue) throws(Rejection) -> String {
    guard let text = value.string else {
      throw Rejection(problem: "the JSON has a text with half of a surrogate pair")
    }
    return text
  }

  private static func entries(of value: JSONValue) throws(Rejection) -> [Entry] {
    let object: JSONObject?
    do throws(JSONSyntaxError) { object = try value.object() } catch { throw rejection(error) }
    var entries: [Entry] = []
    for member in object?.members ?? .none {
      entries.append(Entry(name: member.name, value: try RawValue(member.value)))
    }
    return entries
  }

  private static func rejection(_ error: JSONSyntaxError) -> Rejection {
    Rejection(problem: "the JSON is \(error)")
  }
}
