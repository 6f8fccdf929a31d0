/// One schema of the document: JSON Schema 2020-12, which is what OpenAPI 3.1 speaks.
///
/// Objects are open unless they say otherwise: what the daemon does not know it passes on or ignores.
struct Schema: Sendable {
  /// The keywords in the order in which they are written.
  private(set) var keywords: [(name: String, value: JSONLiteral)]

  /// The schema as JSON.
  var json: JSONLiteral { .object(keywords) }

  private init(type: JSONLiteral?, _ description: String, _ more: [(String, JSONLiteral)] = []) {
    keywords = type.map { [(name: "type", value: $0)] } ?? []
    if !description.isEmpty { keywords.append((name: "description", value: .string(description))) }
    keywords += more.map { (name: $0.0, value: $0.1) }
  }

  /// Anything at all.
  static func any(_ description: String = "") -> Schema { Schema(type: nil, description) }

  private static func bounds(_ least: String, _ most: String, _ range: ClosedRange<Int>?)
    -> [(String, JSONLiteral)]
  {
    range.map { [(least, .integer($0.lowerBound)), (most, .integer($0.upperBound))] } ?? []
  }

  /// A text.
  ///
  /// - Parameter bytes: How long it may be. Schemas count characters, of which each has a byte at least.
  static func string(_ description: String = "", bytes: ClosedRange<Int>? = nil) -> Schema {
    Schema(type: "string", description, bounds("minLength", "maxLength", bytes))
  }

  /// One of these texts.
  static func oneOf(_ values: [String], _ description: String = "") -> Schema {
    Schema(type: "string", description, [("enum", .list(values.map { .string($0) }))])
  }

  /// Exactly this text.
  static func exactly(_ value: String) -> Schema { Schema(type: "string", "", [("const", .string(value))]) }

  /// `true` or `false`.
  static func bool(_ description: String = "") -> Schema { Schema(type: "boolean", description) }

  /// A whole number.
  static func integer(_ description: String = "", in range: ClosedRange<Int>? = nil) -> Schema {
    Schema(type: "integer", description, bounds("minimum", "maximum", range))
  }

  /// A whole number of at least this.
  static func integer(_ description: String = "", from least: Int) -> Schema {
    Schema(type: "integer", description, [("minimum", .integer(least))])
  }

  /// How many tokens to generate at most.
  static let tokenLimit = Schema.any(
    of: [.integer("", from: 1), Schema(type: "integer", "", [("const", -1)])],
    "The most tokens to generate; -1 sets no limit.")

  /// Texts that end an answer.
  static func stop(_ description: String) -> Schema {
    .any(of: [.string(), .list(of: .string(), atMost: 4)], description)
  }

  /// A number.
  static func number(_ description: String = "", in range: ClosedRange<Int>? = nil) -> Schema {
    Schema(type: "number", description, bounds("minimum", "maximum", range))
  }

  /// A list of such values.
  static func list(
    of element: Schema, _ description: String = "", atLeast least: Int = 0, atMost most: Int? = nil
  ) -> Schema {
    var more: [(String, JSONLiteral)] = [("items", element.json)]
    if least > 0 { more.append(("minItems", .integer(least))) }
    if let most { more.append(("maxItems", .integer(most))) }
    return Schema(type: "array", description, more)
  }

  /// An object with these properties, and with others unless it is closed.
  static func object(
    _ description: String = "", _ properties: [Property] = [], isClosed: Bool = false
  ) -> Schema {
    guard !properties.isEmpty else { return Schema(type: "object", description) }
    var more: [(String, JSONLiteral)] = [
      ("properties", .object(properties.map { (name: $0.name, value: $0.schema.json) }))
    ]
    let required = properties.filter(\.isRequired).map { JSONLiteral.string($0.name) }
    if !required.isEmpty { more.append(("required", .list(required))) }
    // What is null counts as not sent.
    if isClosed { more.append(("additionalProperties", ["type": "null"])) }
    return Schema(type: "object", description, more)
  }

  /// An object whose values are all of a kind.
  static func map(of value: Schema, _ description: String = "") -> Schema {
    Schema(type: "object", description, [("additionalProperties", value.json)])
  }

  /// What any of these takes.
  static func any(of choices: [Schema], _ description: String = "") -> Schema {
    Schema(type: nil, description, [("anyOf", .list(choices.map(\.json)))])
  }

  /// A schema of the document's own, by its name.
  static func named(_ name: String) -> Schema {
    Schema(type: nil, "", [("$ref", .string("#/components/schemas/\(name)"))])
  }

  /// The same, or null.
  var orNull: Schema {
    var made = self
    if let at = keywords.firstIndex(where: { $0.name == "type" }), case .string(let type) = keywords[at].value
    {
      made.keywords[at].value = .list([.string(type), "null"])
      if let at = keywords.firstIndex(where: { $0.name == "enum" }),
        case .list(let values) = keywords[at].value
      {
        made.keywords[at].value = .list(values + [.null])
      }
      return made
    }
    if let at = keywords.firstIndex(where: { $0.name == "anyOf" }),
      case .list(let choices) = keywords[at].value
    {
      made.keywords[at].value = .list(choices + [["type": "null"]])
      return made
    }
    if keywords.contains(where: { $0.name == "$ref" }) {
      return Schema(type: nil, "", [("anyOf", .list([json, ["type": "null"]]))])
    }
    return self
  }
}

/// A member of an object that a schema describes.
struct Property: Sendable {
  let name: String
  let schema: Schema
  let isRequired: Bool

  /// A member that must be there.
  static func required(_ name: String, _ schema: Schema) -> Property {
    Property(name: name, schema: schema, isRequired: true)
  }

  /// A member that may be missing.
  static func optional(_ name: String, _ schema: Schema) -> Property {
    Property(name: name, schema: schema, isRequired: false)
  }

  /// A member that may be missing or null: many programs write null for "not set".
  static func nullable(_ name: String, _ schema: Schema) -> Property {
    Property(name: name, schema: schema.orNull, isRequired: false)
  }
}
