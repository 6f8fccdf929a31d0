import Foundation
import Testing

@testable import APIDocumentation

@Suite struct OpenAPIDocumentTests {
  private let document: [String: Any]

  init() throws {
    let bytes = OpenAPIDocument.json(version: "1.2.3")
    document = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  /// Every object of the document with its place.
  private func objects(_ value: Any, at place: String = "#") -> [(place: String, object: [String: Any])] {
    if let list = value as? [Any] {
      return list.enumerated().flatMap { objects($0.element, at: "\(place)/\($0.offset)") }
    }
    guard let object = value as? [String: Any] else { return [] }
    return [(place, object)] + object.flatMap { objects($0.value, at: "\(place)/\($0.key)") }
  }

  private func target(of reference: String) -> Any? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(document as Any?) { value, name in
      (value as? [String: Any])?[String(name)]
    }
  }

  private var operations: [(path: String, method: String, operation: [String: Any])] {
    guard let paths = document["paths"] as? [String: [String: [String: Any]]] else { return [] }
    return paths.flatMap { path, methods in
      methods.map { (path: path, method: $0.key.uppercased(), operation: $0.value) }
    }
  }

  @Test func `it is OpenAPI 3.1 and says which program it describes`() throws {
    let information = try #require(document["info"] as? [String: Any])
    #expect(document["openapi"] as? String == "3.1.0")
    #expect(information["title"] as? String == "nomyo-proxy")
    #expect(information["version"] as? String == "1.2.3")
  }

  @Test func `the version may be any text`() throws {
    let bytes = OpenAPIDocument.json(version: "1.0 \"quoted\"\n")
    let other = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect((other["info"] as? [String: Any])?["version"] as? String == "1.0 \"quoted\"\n")
  }

  @Test func `every reference leads to something`() {
    let references = objects(document).compactMap { place, object in
      (object["$ref"] as? String).map { (place, $0) }
    }
    #expect(references.count > 100)
    for (place, reference) in references {
      #expect(target(of: reference) != nil, "\(place) refers to \(reference)")
    }
  }

  @Test func `every schema and every response is referred to`() throws {
    let references = Set(objects(document).compactMap { $0.object["$ref"] as? String })
    let components = try #require(document["components"] as? [String: [String: Any]])
    for name in try #require(components["schemas"]).keys {
      #expect(references.contains("#/components/schemas/\(name)"), "nothing uses \(name)")
    }
  }

  @Test func `the routes of the table are the routes of the document`() {
    let documented = Set(operations.map { "\($0.method) \($0.path)" })
    #expect(documented == Set(OpenAPIDocument.operations.map { "\($0.method) \($0.path)" }))
    #expect(documented.count == OpenAPIDocument.operations.count, "a route stands twice in the table")
    #expect(documented.count == 29)
  }

  @Test func `every operation says what it is, under a name of its own`() throws {
    let tags = try #require(document["tags"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(tags == ["OpenAI", "Anthropic", "Ollama", "Enclava", "Service"])
    var names: Set<String> = []
    for (path, _, operation) in operations {
      let name = try #require(operation["operationId"] as? String)
      #expect(names.insert(name).inserted, "\(name) stands twice")
      for member in ["summary", "description"] {
        #expect((operation[member] as? String)?.isEmpty == false, "\(path) has no \(member)")
      }
      #expect((operation["tags"] as? [String])?.count == 1)
      #expect(Set(operation["tags"] as? [String] ?? []).isSubset(of: tags))
    }
  }

  @Test func `path parameters are those of the path`() {
    for (path, _, operation) in operations {
      let parameters = operation["parameters"] as? [[String: Any]] ?? []
      let named = parameters.filter { $0["in"] as? String == "path" }
      let expected = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
        String($0.dropFirst().dropLast())
      }
      #expect(named.compactMap { $0["name"] as? String } == expected)
      #expect(named.allSatisfy { $0["required"] as? Bool == true })
    }
  }

  /// What only refuses, and with which status beside those of every route.
  private static let refusals = [
    "openResponsesSocket": "426", "getResponse": "404", "deleteResponse": "404", "ollamaPull": "501",
  ]

  @Test func `every operation has an answer and the errors that every route may give`() throws {
    for (path, method, operation) in operations {
      let responses = try #require(operation["responses"] as? [String: Any])
      let refusal = Self.refusals[try #require(operation["operationId"] as? String)]
      #expect((responses["200"] != nil) == (refusal == nil))
      if let refusal { #expect(responses[refusal] != nil, "\(path)") }
      for status in ["400", "401", "403", "404", "405", "413", "500", "503"] {
        #expect(responses[status] != nil, "\(method) \(path) has no \(status)")
      }
      if method == "POST" { #expect(responses["415"] != nil && operation["requestBody"] != nil) }
    }
  }

  @Test(arguments: [
    ("createChatCompletion", "text/event-stream"), ("createCompletion", "text/event-stream"),
    ("createResponse", "text/event-stream"), ("createMessage", "text/event-stream"),
    ("createChatbotCompletion", "text/event-stream"), ("ollamaChat", "application/x-ndjson"),
    ("ollamaGenerate", "application/x-ndjson"),
  ])
  func `what streams is documented as a stream and as a whole`(name: String, stream: String) throws {
    let operation = try #require(operations.first { $0.operation["operationId"] as? String == name })
    let responses = try #require(operation.operation["responses"] as? [String: [String: Any]])
    let content = try #require(responses["200"]?["content"] as? [String: Any])
    #expect(Set(content.keys) == ["application/json", stream])
  }

  @Test(arguments: [
    ("/v1/messages", "Anthropic"), ("/api/chat", "Ollama"), ("/v1/chat/completions", "OpenAI"),
  ])
  func `errors have the form of the dialect`(path: String, dialect: String) throws {
    let operation = try #require(operations.first { $0.path == path })
    let responses = try #require(operation.operation["responses"] as? [String: [String: Any]])
    let reference = try #require(responses["400"]?["$ref"] as? String)
    let response = try #require(target(of: reference) as? [String: Any])
    let content = try #require(response["content"] as? [String: Any])
    let schema = (content["application/json"] as? [String: Any])?["schema"] as? [String: Any]
    #expect(schema?["$ref"] as? String == "#/components/schemas/\(dialect)Error")
  }

  @Test func `what is not offered is documented where it is answered, and nowhere else`() throws {
    func paths(with status: String) -> Set<String> {
      Set(
        operations.filter { ($0.operation["responses"] as? [String: Any])?[status] != nil }
          .map { "\($0.method) \($0.path)" })
    }
    #expect(
      paths(with: "501") == [
        "POST /v1/embeddings", "POST /api/embed", "POST /api/embeddings", "POST /api/pull",
      ])
    #expect(paths(with: "426") == ["GET /v1/responses"])
    let pull = try #require(operations.first { $0.path == "/api/pull" }).operation["description"] as? String
    for other in ["push", "create", "copy", "delete", "blobs"] {
      #expect(pull?.contains("`/api/\(other)") == true)
    }
  }

  @Test func `a required member is a member`() {
    for (place, object) in objects(document) {
      guard let required = object["required"] as? [String] else { continue }
      let members = (object["properties"] as? [String: Any] ?? [:]).keys
      #expect(Set(required).isSubset(of: members), "\(place)")
    }
  }

  @Test func `health and documentation need no token`() {
    for (path, _, operation) in operations {
      let isOpen = (operation["security"] as? [Any])?.isEmpty == true
      #expect(isOpen == ["/healthz", "/readyz", "/api/v1/docs", "/api/v1/openapi.json"].contains(path))
    }
  }
}
