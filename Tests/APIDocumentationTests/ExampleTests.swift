import Foundation
import Testing

@testable import APIDocumentation
@testable import Dialects

/// The examples of the document are what the daemon itself understands.
@Suite struct ExampleTests {
  /// The reader of each operation's body.
  ///
  /// Whoever adds a dialect adds its operations here.
  private static let dialects: [String: any Dialect] = [
    "createChatCompletion": OpenAIChat(),
    "createCompletion": OpenAICompletions(),
    "createResponse": OpenAIResponses(),
    "createMessage": AnthropicMessages(),
    "ollamaChat": OllamaChat(),
    "ollamaGenerate": OllamaGenerate(),
    "createChatbotCompletion": EnclavaBotCompletions(bot: Chatbot(id: "support", model: "m")),
    "chatWithChatbot": EnclavaChat(
      bot: Chatbot(id: "support", model: "m"), caller: "somebody", conversations: NewConversations()),
  ]

  /// Operations with a body that no dialect reads: they make no chat.
  private static let others: Set<String> = [
    "createEmbeddings", "countTokens", "ollamaShow", "ollamaEmbed", "ollamaEmbeddings", "ollamaPull",
  ]

  @Test func `it is known of every operation with a body who reads it`() {
    let known = Self.others.union(Self.dialects.keys)
    #expect(Set(Self.withBodies.map(\.identifier)) == known)
  }

  private static let withBodies = OpenAPIDocument.endpoints.filter { $0.body != nil }

  @Test func `every operation with a body has a working example`() throws {
    for endpoint in Self.withBodies {
      let body = try #require(endpoint.body)
      #expect(!body.examples.isEmpty, "\(endpoint.identifier)")
      for example in body.examples {
        let value = try JSONSerialization.jsonObject(with: Data(example.json.utf8))
        #expect(value is [String: Any], "\(endpoint.identifier) \(example.name)")
      }
    }
  }

  @Test func `every example is read by its dialect`() throws {
    for endpoint in Self.withBodies {
      guard let dialect = Self.dialects[endpoint.identifier] else { continue }
      for example in try #require(endpoint.body).examples {
        let request = try dialect.decode(Array(example.json.utf8), under: RequestPolicy())
        #expect(request.isStream == (example.name == "stream"), "\(endpoint.identifier) \(example.name)")
      }
    }
  }

  @Test func `examples of requests that ask no model are read by what answers them`() throws {
    func bodies(_ identifier: String) throws -> [[UInt8]] {
      let endpoint = try #require(Self.withBodies.first { $0.identifier == identifier })
      return try #require(endpoint.body).examples.map { Array($0.json.utf8) }
    }
    for body in try bodies("createEmbeddings") {
      #expect(try OpenAIEmbeddings.decode(body, under: RequestPolicy()).inputCount == 2)
    }
    for body in try bodies("countTokens") { #expect(try !AnthropicTokenCount.estimate(body).isEmpty) }
    for body in try bodies("ollamaShow") { #expect(try OllamaShow.model(in: body) == "Qwen/Qwen3-0.6B") }
    for body in try bodies("ollamaEmbed") {
      #expect(try OllamaEmbedding(body, route: .embed).model == "nomic-embed-text")
    }
    for body in try bodies("ollamaEmbeddings") {
      #expect(try OllamaEmbedding(body, route: .embeddings).model == "nomic-embed-text")
    }
  }

  /// The page puts a model that there is in its place.
  @Test func `examples that ask the router name the model of the path's example`() throws {
    guard case .string(let model) = Parameter.model.example else {
      Issue.record("the path has no example")
      return
    }
    let others: Set<String> = ["createEmbeddings", "ollamaEmbed", "ollamaEmbeddings"]
    for endpoint in Self.withBodies where !others.contains(endpoint.identifier) {
      for example in try #require(endpoint.body).examples {
        let value = try JSONSerialization.jsonObject(with: Data(example.json.utf8)) as? [String: Any]
        let expected = endpoint.parameters.contains { $0.name == "chatbot_id" } ? [nil, "any"] : [model]
        #expect(expected.contains(value?["model"] as? String), "\(endpoint.identifier) \(example.name)")
      }
    }
  }

  @Test func `examples of one operation have names of their own`() throws {
    for endpoint in Self.withBodies {
      let names = try #require(endpoint.body).examples.map(\.name)
      #expect(Set(names).count == names.count, "\(endpoint.identifier)")
    }
  }

  @Test func `answers in JSON have examples in JSON`() throws {
    for answer in OpenAPIDocument.endpoints.flatMap(\.answers) where answer.mediaType == "application/json" {
      guard case .text(let text) = answer.example else { continue }
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
  }

  @Test func `errors have examples in JSON`() throws {
    for shape in ErrorShape.allCases {
      let value = try JSONSerialization.jsonObject(with: Data(shape.example.utf8)) as? [String: Any]
      #expect(value?["error"] != nil)
    }
  }
}

/// Begins conversations and forgets them.
private struct NewConversations: ConversationKeeping {
  func begin(_ bot: Chatbot, caller: String, conversation: String?) throws(APIFault) -> ConversationTurn {
    ConversationTurn(id: "new", number: 1, isNew: true, caller: caller, earlier: [])
  }

  func end(_: ConversationTurn, with _: ConversationExchange?, of _: Chatbot) {}
}
