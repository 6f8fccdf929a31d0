import Dialects
import HTTPTypes
import Listener

extension Route {
  /// Whether a probe asks, which never waits for anything.
  var isHealth: Bool { self == .alive || self == .ready }

  /// Whether the route is answered without a local token: what it says is the same in every installation, or no more than
  /// that the daemon is there and works.
  var isOpen: Bool { isHealth || self == .documentation || self == .openAPI }

  /// Whether the route is one of OpenAI's, or of a server that follows OpenAI.
  var isOpenAI: Bool {
    switch self {
    case .chatCompletions, .completions, .responses, .storedResponse, .models, .model, .embeddings,
      .chatbotCompletions, .chatbotModels:
      true
    default: false
    }
  }

  /// The route in log lines; nothing that a caller wrote.
  var name: String {
    switch self {
    case .chatCompletions: "chat.completions"
    case .completions: "completions"
    case .responses: "responses"
    case .messages: "messages"
    case .embeddings: "embeddings"
    case .ollamaChat: "ollama.chat"
    case .ollamaGenerate: "ollama.generate"
    case .ollamaEmbed: "ollama.embed"
    case .ollamaEmbeddings: "ollama.embeddings"
    case .chatbotChat: "chatbot.chat"
    case .chatbotCompletions: "chatbot.completions"
    case .models, .model: "models"
    default: "other"
    }
  }
}

extension RequestHead {
  /// Whether the caller is one of Anthropic's clients; models have the same route for everybody.
  var isAnthropic: Bool {
    switch Route(path: path) {
    case .messages, .countTokens: true
    case .models, .model: fields[.anthropicVersion] != nil
    case nil: fields[.anthropicVersion] != nil || Route.parts(of: path).contains("messages")
    default: false
    }
  }

  /// Whether the caller is one of Ollama's clients, or of somebody who looks for them here.
  private var isOllama: Bool {
    switch Route(path: path) {
    case .ollamaChat, .ollamaGenerate, .ollamaTags, .ollamaShow, .ollamaRunning, .ollamaVersion, .ollamaEmbed,
      .ollamaEmbeddings, .ollamaStore:
      true
    case nil: Route.parts(of: path).first == "api"
    default: false
    }
  }

  /// The dialect in which this caller understands errors.
  var errorDialect: any Dialect {
    if isOllama { return OllamaChat() }
    return isAnthropic ? AnthropicMessages(requestID: id.description) : OpenAIChat()
  }
}
