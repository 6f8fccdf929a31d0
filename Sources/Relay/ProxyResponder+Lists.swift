import Dialects
import HTTPTypes
import Listener
import Platform

/// Models and chatbots, each list in the shape of its dialect.
extension ProxyResponder {
  func list(_ call: Call) async throws(APIFault) -> [UInt8] {
    switch call.route {
    case .model(let id):
      let models = try await models(call)
      if call.head.isAnthropic {
        return AnthropicModels.model(try Self.model(id, in: models))
      }
      return OpenAIModels.model(try Self.model(id, in: models))
    case .chatbots: return EnclavaBots.list(call.live.configuration.chatbots, since: startedAt)
    case .chatbotModels(let id):
      let bot = try call.chatbot(id)
      return EnclavaBots.models(bot, root: call.live.configuration.policy.aliases[bot.model])
    case .ollamaTags: return OllamaModels.tags(try await models(call))
    case .ollamaShow:
      let name = try OllamaShow.model(in: call.body)
      guard let model = OllamaModels.resolve(name, in: try await models(call)) else {
        throw .unknownModel(name)
      }
      return OllamaShow.answer(model)
    case .ollamaChat: return OllamaLoad.chat(call.body, at: WallClock.seconds())?.body ?? []
    case .ollamaGenerate: return OllamaLoad.generate(call.body, at: WallClock.seconds())?.body ?? []
    default:
      let models = try await models(call)
      guard call.head.isAnthropic else { return OpenAIModels.list(models) }
      let query = call.head.queryValues
      return try AnthropicModels.list(
        models, limit: query["limit"], afterID: query["after_id"], beforeID: query["before_id"])
    }
  }

  /// The models that can be told without asking anybody.
  func knownModels(_ call: Call) async -> [Model] {
    await call.live.catalog.known(for: call.bearer)
  }

  private func models(_ call: Call) async throws(APIFault) -> [Model] {
    do {
      return try await call.live.catalog.models(for: call.bearer, turn: turn(of: call), at: .now)
    } catch { throw error.fault }
  }

  private static func model(_ id: String, in models: [Model]) throws(APIFault) -> Model {
    guard let model = models.first(where: { $0.id == id }) else { throw .unknownModel(id) }
    return model
  }
}

extension Call {
  /// The chatbot of this name.
  func chatbot(_ id: String) throws(APIFault) -> Chatbot {
    guard let bot = live.configuration.chatbots.first(where: { $0.id == id }) else {
      throw .unknownChatbot(id)
    }
    return bot
  }

  /// What tells this caller from others who talk to the same chatbot: the key that it brought, as a digest.
  var callerName: String {
    Credential(from: head.fields).map { "\($0.keyID)" } ?? "nobody"
  }
}
