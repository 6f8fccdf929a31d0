import HTTPTypes
import Testing

@testable import Relay

@Suite struct RouteTests {
  @Test(arguments: [
    "/v1/chat/completions", "/api/v1/chat/completions", "/chat/completions", "/v1/v1/chat/completions",
    "/v1/chat/completions/", "//v1//chat/completions", "/api/v1/v1/chat/completions/",
  ])
  func `chat answers under every base URL that people use`(path: String) {
    #expect(Route(path: path) == .chatCompletions)
  }

  @Test(arguments: ["/v1/models", "/models", "/api/v1/models/", "/v1/v1/models", "/v1/models/"])
  func `so does the list of models`(path: String) {
    #expect(Route(path: path) == .models)
  }

  @Test(arguments: [
    ("/v1/models/second", "second"), ("/v1/models/Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B"),
    ("/v1/models/Qwen%2FQwen3-0.6B", "Qwen/Qwen3-0.6B"), ("/models/Qwen%2fQwen3-0.6B/", "Qwen/Qwen3-0.6B"),
    ("/api/v1/models/a%20b%3Ac", "a b:c"), ("/v1/models/gr%C3%BC%C3%9Fe", "grüße"),
    ("/v1/models/%252F", "%2F"), ("/v1/models/models", "models"), ("/v1/models/v1", "v1"),
  ])
  func `a model's name may have slashes, escaped or not`(path: String, id: String) {
    #expect(Route(path: path) == .model(id: id))
  }

  @Test(arguments: [
    "/v1/models/%", "/v1/models/%2", "/v1/models/%zz", "/v1/models/%+F", "/v1/models/% 1", "/v1/models/%-1",
    "/v1/models/%FF", "/v1/models/%C3%28", "/v1/models/a%",
  ])
  func `a broken escape names nothing`(path: String) {
    #expect(Route(path: path) == nil)
  }

  @Test(arguments: [
    ("/v1/completions", Route.completions), ("/completions", .completions), ("/v1/responses", .responses),
    ("/responses/", .responses), ("/v1/responses/resp_1", .storedResponse),
    ("/v1/responses/resp_1/input_items", .storedResponse), ("/v1/embeddings", .embeddings),
    ("/v1/messages", .messages), ("/messages", .messages), ("/v1/v1/messages", .messages),
    ("/v1/messages/count_tokens", .countTokens), ("/api/v1/messages", .messages),
  ])
  func `OpenAI's and Anthropic's other routes are found the same way`(path: String, route: Route) {
    #expect(Route(path: path) == route)
  }

  @Test(arguments: [
    ("/", Route.ollamaRoot), ("//", .ollamaRoot), ("/api/chat", .ollamaChat), ("/api/chat/", .ollamaChat),
    ("/api/generate", .ollamaGenerate), ("/api/tags", .ollamaTags), ("/api/show", .ollamaShow),
    ("/api/ps", .ollamaRunning), ("/api/version", .ollamaVersion), ("/api/embed", .ollamaEmbed),
    ("/api/embeddings", .ollamaEmbeddings), ("/api/pull", .ollamaStore), ("/api/delete", .ollamaStore),
    ("/api/blobs/sha256:1", .ollamaStore),
  ])
  func `Ollama's routes are under /api`(path: String, route: Route) {
    #expect(Route(path: path) == route)
  }

  @Test(arguments: [
    ("/api/v1/chatbot/list", Route.chatbots), ("/v1/chatbot/list", .chatbots),
    ("/api/v1/chatbot/external/bot-1/chat", .chatbotChat(id: "bot-1")),
    ("/api/v1/chatbot/external/bot%201/chat/completions", .chatbotCompletions(id: "bot 1")),
    ("/api/v1/chatbot/external/b/v1/chat/completions", .chatbotCompletions(id: "b")),
    ("/api/v1/chatbot/external/b/models/", .chatbotModels(id: "b")),
    ("/api/v1/docs", .documentation), ("/docs", .documentation), ("/api/v1/openapi.json", .openAPI),
  ])
  func `Enclava's routes are found`(path: String, route: Route) {
    #expect(Route(path: path) == route)
  }

  @Test(arguments: [("/healthz", Route.alive), ("/readyz", .ready), ("/v1/healthz/", .alive)])
  func `health has its routes`(path: String, route: Route) {
    #expect(Route(path: path) == route)
  }

  @Test(arguments: [
    "", "*", "/v1", "/api", "/v2/chat/completions", "/v1/chat", "/v1/completions/x", "/v1/embeddings/x",
    "/api/blobs", "/api/chat/api/show", "/api/tags/x", "/v1/chatbot", "/v1/chatbot/external",
    "/v1/chatbot/external/b",
    "/v1/chatbot/external/%ff/chat", "/v1/messages/x", "/v1/messages/count_tokens/x",
    "/V1/chat/completions", "/v1/chat/completions/x", "/healthz/x",
    "/v1/chat%2Fcompletions", "/v1/../v1/models", "/chat/v1/completions",
  ])
  func `everything else is unknown`(path: String) {
    #expect(Route(path: path) == nil)
  }

  @Test(arguments: [
    ("/api/chat/completions", Route.chatCompletions), ("/api/models", .models),
    ("/v1/api/v1/models", .models),
    ("/v1/api/chat", .ollamaChat), ("/v1/api/tags", .ollamaTags),
  ])
  func `a base URL that belongs to another dialect's tools is understood as well`(path: String, route: Route)
  {
    #expect(Route(path: path) == route)
  }

  @Test func `each route has its methods`() {
    #expect(Route.chatCompletions.methods == [.post])
    for route in [Route.models, .model(id: "x"), .alive, .ready] { #expect(route.methods == [.get, .head]) }
  }
}
