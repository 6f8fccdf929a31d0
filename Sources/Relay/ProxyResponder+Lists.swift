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
    case .chatbots: return EnclavaBots.list(call.chatbots, since: startedAt)
    case .chatbotModels(let id):
      return EnclavaBots.models(try call.chatbot(id))
    case .ollamaTags: return OllamaModels.tags(try await models(call))
    case .ollamaShow:
      let name = try OllamaShow.model(in: call.body)
      guard let model = OllamaModels.resolve(name, in: try await models(call)) else {
        throw .unknownModel(name)
      }
      return OllamaShow.answer(model)
    default:
      let models = try await models(call)
      guard call.head.isAnthropic else { return OpenAIModels.list(models) }
      let query = call.head.queryValues
      return try AnthropicModels.list(
        models, limit: query["limit"], afterID: query["after_id"], beforeID: query["before_id"])
    }
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

extension ProxyResponder {
  /// The answer to a request that only loads a model, which the router does by itself; an unknown one is refused as far as
  /// that can be known.
  func loaded(_ load: OllamaLoad, _ call: Call) async throws(APIFault) -> OutboundAnswer {
    if let models = try? await models(call), OllamaModels.resolve(load.model, in: models) == nil {
      throw .unknownModel(load.model)
    }
    return .json(load.body, adding: commonFields(call.head))
  }
}

extension Call {
  /// The chatbots, each with the name that the router has for its model: answers carry that as well.
  var chatbots: [Chatbot] {
    live.configuration.chatbots.map { bot in
      var bot = bot
      bot.model = live.configuration.policy.aliases[bot.model] ?? bot.model
      return bot
    }
  }

  /// The chatbot of this name.
  func chatbot(_ id: String) throws(APIFault) -> Chatbot {
    guard let bot = chatbots.first(where: { $0.id == id }) else { throw .unknownChatbot(id) }
    return bot
  }

  /// What a request says that asks nothing but to load a model; nil for all others.
  var load: OllamaLoad? {
    switch route {
    case .ollamaChat: OllamaLoad.chat(body, at: WallClock.seconds())
    case .ollamaGenerate: OllamaLoad.generate(body, at: WallClock.seconds())
    default: nil
    }
  }

  /// What tells this caller from others who talk to the same chatbot: its token's name, or the key that it brought, as a
  /// digest.
  var callerName: String {
    caller.token.map { "token \($0)" } ?? Credential(from: head.fields).map { "\($0.keyID)" } ?? "nobody"
  }
}
