import HTTPTypes

/// What a path stands for.
enum Route: Equatable, Sendable {
  // OpenAI
  case chatCompletions
  case completions
  case responses
  /// An answer that a server with a memory would have kept.
  case storedResponse
  case models
  case model(id: String)
  case embeddings
  // Anthropic
  case messages
  case countTokens
  // Ollama
  case ollamaRoot
  case ollamaChat
  case ollamaGenerate
  case ollamaTags
  case ollamaShow
  case ollamaRunning
  case ollamaVersion
  case ollamaEmbed
  case ollamaEmbeddings
  /// Whatever would change the models on this machine.
  case ollamaStore
  // Enclava
  case chatbots
  case chatbotChat(id: String)
  case chatbotCompletions(id: String)
  case chatbotModels(id: String)
  // The daemon itself
  case documentation
  case openAPI
  case alive
  case ready

  /// The methods that the route answers.
  ///
  /// `GET` includes `HEAD` (RFC 9110 section 9.3.2).
  var methods: [HTTPRequest.Method] {
    switch self {
    case .chatCompletions, .completions, .responses, .embeddings, .messages, .countTokens, .ollamaChat,
      .ollamaGenerate, .ollamaShow, .ollamaEmbed, .ollamaEmbeddings, .chatbotChat, .chatbotCompletions:
      [.post]
    case .models, .model, .ollamaRoot, .ollamaTags, .ollamaRunning, .ollamaVersion, .chatbots,
      .chatbotModels, .documentation, .openAPI, .alive, .ready:
      [.get, .head]
    case .storedResponse: [.get, .head, .post, .delete]
    case .ollamaStore: [.get, .head, .post, .put, .delete]
    }
  }

  /// The route of a path as it stands in the request target, nil for none.
  ///
  /// `/v1`, `/api/v1`, neither, and `/v1` twice name the same routes, with or without a trailing slash: wrong base
  /// URLs are what people ask for help with most. Under `/api` alone Ollama's routes go first.
  init?(path: String) {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    let parts = Self.parts(of: path)
    guard let first = parts.first else {
      guard path.utf8.allSatisfy({ $0 == UInt8(ascii: "/") }) else { return nil }
      self = .ollamaRoot
      return
    }
    let rest = parts.dropFirst()
    if first == "api", let route = Route(ollama: rest) ?? Route(common: rest) {
      self = route
    } else if first != "api" {
      self.init(common: parts)
    } else {
      return nil
    }
  }

  /// The parts of a path without the prefixes that say nothing.
  static func parts(of path: String) -> ArraySlice<Substring> {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true)[...]
    while parts.first == "v1" || parts.starts(with: ["api", "v1"]) {
      parts = parts.dropFirst(parts.first == "v1" ? 1 : 2)
    }
    return parts
  }

  private static let ollamaRoutes: [Substring: Route] = [
    "chat": .ollamaChat, "generate": .ollamaGenerate, "tags": .ollamaTags, "show": .ollamaShow,
    "ps": .ollamaRunning, "version": .ollamaVersion, "embed": .ollamaEmbed,
    "embeddings": .ollamaEmbeddings, "pull": .ollamaStore, "push": .ollamaStore, "create": .ollamaStore,
    "delete": .ollamaStore, "copy": .ollamaStore,
  ]

  private static let commonRoutes: [[Substring]: Route] = [
    ["chat", "completions"]: .chatCompletions, ["completions"]: .completions, ["responses"]: .responses,
    ["models"]: .models, ["embeddings"]: .embeddings, ["messages"]: .messages,
    ["messages", "count_tokens"]: .countTokens, ["chatbot", "list"]: .chatbots, ["docs"]: .documentation,
    ["openapi.json"]: .openAPI, ["healthz"]: .alive, ["readyz"]: .ready,
  ]

  private init?(ollama parts: ArraySlice<Substring>) {
    guard let first = parts.first else { return nil }
    if first == "blobs", parts.count == 2 {
      self = .ollamaStore
    } else if parts.count == 1, let route = Self.ollamaRoutes[first] {
      self = route
    } else {
      return nil
    }
  }

  private init?(common parts: ArraySlice<Substring>) {
    if let route = Self.commonRoutes[Array(parts)] {
      self = route
      return
    }
    switch parts.first {
    case "models":
      // Identifiers contain slashes, which some clients escape and others do not.
      guard let id = PercentEncoding.decoded(parts.dropFirst().joined(separator: "/")) else { return nil }
      self = .model(id: id)
    case "responses": self = .storedResponse
    case "chatbot" where parts.dropFirst().first == "external": self.init(chatbot: parts.dropFirst(2))
    default: return nil
    }
  }

  private init?(chatbot parts: ArraySlice<Substring>) {
    guard let name = parts.first, let id = PercentEncoding.decoded(String(name)) else { return nil }
    var rest = parts.dropFirst()
    // A chatbot is a base URL of its own to OpenAI's SDKs, with all that people get wrong about those.
    while rest.first == "v1" { rest = rest.dropFirst() }
    switch Array(rest) {
    case ["chat"]: self = .chatbotChat(id: id)
    case ["chat", "completions"]: self = .chatbotCompletions(id: id)
    case ["models"]: self = .chatbotModels(id: id)
    default: return nil
    }
  }
}
