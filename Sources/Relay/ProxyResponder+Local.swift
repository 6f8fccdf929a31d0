import APIDocumentation
import ClientKeys
import Dialects
import HTTPTypes
import Listener
import Platform
import RouterTrust

/// Requests that do not ask the model.
extension ProxyResponder {
  /// The dialect of a request that asks the model; nil where the model is not asked.
  func dialect(of call: Call) throws(APIFault) -> (any Dialect)? {
    switch call.route {
    case .chatCompletions: OpenAIChat()
    case .completions: OpenAICompletions()
    case .responses: OpenAIResponses()
    case .messages: AnthropicMessages(requestID: call.head.id.description)
    case .ollamaChat: OllamaChat()
    case .ollamaGenerate: OllamaGenerate()
    case .chatbotCompletions(let id): EnclavaBotCompletions(bot: try call.chatbot(id))
    case .chatbotChat(let id):
      EnclavaChat(bot: try call.chatbot(id), caller: call.callerName, conversations: conversations)
    default: nil
    }
  }

  /// The answer to a request that does not ask the model.
  func localAnswer(to call: Call) async throws(APIFault) -> OutboundAnswer {
    let head = call.head
    switch call.route {
    case .models, .model, .chatbots, .chatbotModels, .ollamaTags, .ollamaShow:
      return .json(try await list(call), adding: commonFields(head))
    case .countTokens:
      // An estimate and not a count.
      let fields = commonFields(head).merging([.tokenCount: "estimate"])
      return .json(try AnthropicTokenCount.estimate(call.body), adding: fields)
    case .embeddings, .ollamaEmbed, .ollamaEmbeddings:
      return .json(try await embeddings(call), adding: commonFields(head))
    case .ollamaRoot: return .text("Ollama is running", adding: commonFields(head))
    case .ollamaRunning: return .json(OllamaModels.ps, adding: commonFields(head))
    case .ollamaVersion: return .json(OllamaModels.version, adding: commonFields(head))
    case .documentation: return .documentation(adding: commonFields(head))
    case .openAPI: return .json(openAPI(call), adding: commonFields(head))
    case .alive: return .json(Array(#"{"status":"alive"}"#.utf8), adding: commonFields(head))
    case .ready: return await readiness(call)
    // They ask the model, or were refused by their head.
    case .chatCompletions, .completions, .responses, .messages, .ollamaChat, .ollamaGenerate, .chatbotChat,
      .chatbotCompletions, .ollamaStore, .storedResponse:
      throw .unknownRoute(head)
    }
  }

  private func openAPI(_ call: Call) -> [UInt8] {
    let asksForToken = call.live.configuration.tokens != nil
    return descriptions.withLock { known in
      if let document = known[asksForToken] { return document }
      let document = OpenAPIDocument.json(version: version, asksForToken: asksForToken)
      known[asksForToken] = document
      return document
    }
  }

  private func readiness(_ call: Call) async -> OutboundAnswer {
    let context = call.live.context
    let readiness = Readiness(context.clientKeys.status, await context.routerKeys.status)
    // What it waits for tells of the router and its keys, which is for callers.
    let tellsAll = call.live.configuration.tokens == nil || call.caller.token != nil
    return .json(
      readiness.json(withReasons: tellsAll), status: readiness.isReady ? .ok : .serviceUnavailable,
      adding: commonFields(call.head))
  }
}

extension OutboundAnswer {
  fileprivate static func text(_ text: String, adding fields: HTTPFields) -> OutboundAnswer {
    OutboundAnswer(
      status: .ok, fields: fields.merging([.contentType: "text/plain; charset=utf-8"]), body: Array(text.utf8)
    )
  }

  /// The page, with all that keeps a browser from doing more than the page itself asks for.
  fileprivate static func documentation(adding fields: HTTPFields) -> OutboundAnswer {
    var fields = fields
    for (name, value) in DocumentationPage.fields {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return OutboundAnswer(status: .ok, fields: fields, body: DocumentationPage.html)
  }
}
