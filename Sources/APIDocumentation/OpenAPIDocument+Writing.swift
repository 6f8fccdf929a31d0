/// A header that answers carry.
struct AnswerHeader: Sendable {
  let name: String
  let description: String
  let schema: Schema

  /// The header as OpenAPI has it.
  var header: JSONLiteral { ["description": .string(description), "schema": schema.json] }

  /// The member of `headers` that refers to it.
  var reference: (name: String, value: JSONLiteral) {
    (name: name, value: ["$ref": .string("#/components/headers/\(name)")])
  }
}

extension OpenAPIDocument {
  /// What answers to requests for a model carry.
  static let headers = ofAnswers + ofErrors

  fileprivate static let ofAnswers = [
    AnswerHeader(
      name: "X-Request-Id", description: "Names the request in the daemon's log.", schema: .string()),
    AnswerHeader(
      name: "Server-Timing",
      description: "Where the time went, in milliseconds: queue, seal, router, open.", schema: .string()),
    AnswerHeader(
      name: "X-Nomyo-Model", description: "The router's name for the model, where an alias was asked for.",
      schema: .string()),
  ]

  fileprivate static let ofErrors = [
    AnswerHeader(
      name: "Retry-After", description: "Seconds until trying again makes sense.", schema: .string()),
    AnswerHeader(
      name: "X-Should-Retry", description: "Whether to try again, for SDKs that read it.",
      schema: .oneOf(["true", "false"])),
  ]
}

extension Endpoint {
  /// The operation as OpenAPI has it.
  var operation: JSONLiteral {
    var members: [(name: String, value: JSONLiteral)] = [
      (name: "operationId", value: .string(identifier)),
      (name: "tags", value: [.string(section.rawValue)]),
      (name: "summary", value: .string(summary)),
      (name: "description", value: .string(description)),
    ]
    if !parameters.isEmpty { members.append((name: "parameters", value: .list(parameters.map(\.json)))) }
    if let body { members.append((name: "requestBody", value: body.json)) }
    members.append((name: "responses", value: .object(responses)))
    if isOpen { members.append((name: "security", value: [])) }
    return .object(members)
  }

  private var responses: [(name: String, value: JSONLiteral)] {
    var responses: [(status: Int, value: JSONLiteral)] = []
    for status in Set(answers.map(\.status)).sorted() {
      let own = answers.filter { $0.status == status }
      responses.append(
        (
          status: status,
          value: [
            "description": .string(status == 200 ? "The answer." : "Not now; the body says why."),
            "headers": .object(OpenAPIDocument.ofAnswers.map(\.reference)),
            "content": .object(own.map { (name: $0.mediaType, value: $0.content) }),
          ]
        ))
    }
    for fault in faults where !responses.contains(where: { $0.status == fault.status }) {
      let reference = "#/components/responses/\(fault.componentName(in: errors))"
      responses.append((status: fault.status, value: ["$ref": .string(reference)]))
    }
    return responses.sorted { $0.status < $1.status }.map { (name: "\($0.status)", value: $0.value) }
  }
}

extension Parameter {
  fileprivate var json: JSONLiteral {
    var members: [(name: String, value: JSONLiteral)] = [
      (name: "name", value: .string(name)), (name: "in", value: .string(place.rawValue)),
      (name: "description", value: .string(description)),
    ]
    if place == .path { members.append((name: "required", value: true)) }
    members.append((name: "schema", value: schema.json))
    if let example { members.append((name: "example", value: example)) }
    return .object(members)
  }
}

extension Body {
  fileprivate var json: JSONLiteral {
    let examples = examples.map { example -> (name: String, value: JSONLiteral) in
      (name: example.name, value: ["summary": .string(example.summary), "value": .text(example.json)])
    }
    return [
      "required": true,
      "content": ["application/json": ["schema": schema.json, "examples": .object(examples)]],
    ]
  }
}

extension Answer {
  fileprivate var content: JSONLiteral {
    var members: [(name: String, value: JSONLiteral)] = [(name: "schema", value: schema.json)]
    if let example { members.append((name: "example", value: example)) }
    return .object(members)
  }
}

extension Fault {
  /// The name of the response that a fault is in a dialect.
  func componentName(in shape: ErrorShape) -> String { shape.rawValue + name }

  /// The response that a fault is in a dialect.
  func response(in shape: ErrorShape) -> JSONLiteral {
    [
      "description": .string(description),
      "headers": .object((OpenAPIDocument.ofAnswers.prefix(1) + OpenAPIDocument.ofErrors).map(\.reference)),
      "content": [
        "application/json": [
          "schema": Schema.named(shape.schemaName).json, "example": .text(shape.example),
        ]
      ],
    ]
  }
}
