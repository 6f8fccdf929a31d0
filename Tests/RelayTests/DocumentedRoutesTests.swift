import APIDocumentation
import HTTPTypes
import Testing

@testable import Relay

/// The document that describes the interface against the routes that there are: neither may drift.
@Suite struct DocumentedRoutesTests {
  private static let routes: [Route] = [
    .chatCompletions, .completions, .responses, .storedResponse, .models, .model(id: "a/b"), .embeddings,
    .messages,
    .countTokens, .ollamaRoot, .ollamaChat, .ollamaGenerate, .ollamaTags, .ollamaShow, .ollamaRunning,
    .ollamaVersion, .ollamaEmbed, .ollamaEmbeddings, .ollamaStore, .chatbots, .chatbotChat(id: "a"),
    .chatbotCompletions(id: "a"), .chatbotModels(id: "a"), .documentation, .openAPI, .alive, .ready,
  ]

  /// What is documented although it is refused, whatever the request says: tools try it, and people look it up.
  private static let refusals: Set<String> = [
    "GET /v1/responses", "GET /v1/responses/{response_id}", "DELETE /v1/responses/{response_id}",
    "POST /api/pull",
  ]

  /// The path under which a route is documented; nil for those that only refuse.
  private func path(of route: Route) -> String? {
    // No default: a route that is added has to be here and in the list above.
    switch route {
    case .chatCompletions: "/v1/chat/completions"
    case .completions: "/v1/completions"
    case .responses: "/v1/responses"
    case .models: "/v1/models"
    case .model: "/v1/models/{model}"
    case .embeddings: "/v1/embeddings"
    case .messages: "/v1/messages"
    case .countTokens: "/v1/messages/count_tokens"
    case .ollamaRoot: "/"
    case .ollamaChat: "/api/chat"
    case .ollamaGenerate: "/api/generate"
    case .ollamaTags: "/api/tags"
    case .ollamaShow: "/api/show"
    case .ollamaRunning: "/api/ps"
    case .ollamaVersion: "/api/version"
    case .ollamaEmbed: "/api/embed"
    case .ollamaEmbeddings: "/api/embeddings"
    case .chatbots: "/api/v1/chatbot/list"
    case .chatbotChat: "/api/v1/chatbot/external/{chatbot_id}/chat"
    case .chatbotCompletions: "/api/v1/chatbot/external/{chatbot_id}/chat/completions"
    case .chatbotModels: "/api/v1/chatbot/external/{chatbot_id}/models"
    case .documentation: "/api/v1/docs"
    case .openAPI: "/api/v1/openapi.json"
    case .alive: "/healthz"
    case .ready: "/readyz"
    case .storedResponse, .ollamaStore: nil
    }
  }

  @Test func `every route is documented with its methods, and nothing else is`() {
    let documented = Set(OpenAPIDocument.operations.map { "\($0.method.uppercased()) \($0.path)" })
    let served = Self.routes.flatMap { route -> [String] in
      guard let path = path(of: route) else { return [] }
      return route.methods.filter { $0 != .head }.map { "\($0.rawValue) \(path)" }
    }
    #expect(documented == Set(served).union(Self.refusals))
    #expect(Self.refusals.isDisjoint(with: served))
  }

  @Test func `every documented path leads to a route`() {
    for operation in OpenAPIDocument.operations {
      let path = operation.path.replacing(/\{[a-z_]+\}/, with: "a")
      // A WebSocket is refused before it is asked which methods there are.
      guard (operation.method, path) != ("GET", "/v1/responses") else { continue }
      #expect(
        Route(path: path)?.methods.contains { $0.rawValue == operation.method.uppercased() } == true,
        "\(path)")
    }
  }

  @Test func `what is documented as refused leads to the routes that refuse`() {
    #expect(Route(path: "/v1/responses") == .responses)
    #expect(Route(path: "/v1/responses/resp_1") == .storedResponse)
    for name in ["pull", "push", "create", "copy", "delete", "blobs/sha256:0"] {
      #expect(Route(path: "/api/\(name)") == .ollamaStore, "\(name)")
    }
  }
}
