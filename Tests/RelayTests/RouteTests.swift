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

  @Test(arguments: [("/healthz", Route.alive), ("/readyz", .ready), ("/v1/healthz/", .alive)])
  func `health has its routes`(path: String, route: Route) {
    #expect(Route(path: path) == route)
  }

  @Test(arguments: [
    "/", "", "*", "/v1", "/api", "/v2/chat/completions", "/v1/chat", "/v1/completions", "/v1/embeddings",
    "/V1/chat/completions", "/api/chat/completions", "/v1/chat/completions/x", "/healthz/x",
    "/v1/chat%2Fcompletions", "/v1/../v1/models", "/chat/v1/completions", "/v1/api/v1/models",
  ])
  func `everything else is unknown`(path: String) {
    #expect(Route(path: path) == nil)
  }

  @Test func `each route has its methods`() {
    #expect(Route.chatCompletions.methods == [.post])
    for route in [Route.models, .model(id: "x"), .alive, .ready] { #expect(route.methods == [.get, .head]) }
  }
}
