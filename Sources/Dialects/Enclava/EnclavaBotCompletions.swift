import JSONText

/// OpenAI's chat completions with a chatbot: its model whatever the caller names, its system prompt before
/// the caller's, its sampling where the caller says nothing.
public struct EnclavaBotCompletions: Dialect {
  private let bot: Chatbot

  /// Chat with one chatbot.
  public init(bot: Chatbot) { self.bot = bot }

  /// Reads a chat request and makes it the chatbot's; every other byte stays.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (document, members) = try RequestMembers.reading(body)
    // The answer carries the name of the model that ran, so an alias is looked up here and not noted as one.
    var policy = policy
    let model = policy.aliases[bot.model] ?? bot.model
    policy.aliases = [:]
    do throws(APIFault) {
      return try OpenAIChat().decode(request(document, members, model: model), under: policy)
    } catch {
      // The system prompt moved the caller's messages by one, and an error is to name them as the caller
      // counts.
      _ = try OpenAIChat().decode(
        request(document, members, model: model, withPrompt: false), under: policy)
      throw error
    }
  }

  /// OpenAI's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }

  private func request(
    _ document: JSONDocument, _ members: RequestMembers, model: String, withPrompt: Bool = true
  ) -> [UInt8] {
    var editor = JSONEditor(document, object: members.object)
    var name = JSONWriter()
    name.string(model)
    editor.append("model", name.bytes)
    for (name, text) in bot.sampling.members where members[name] == nil {
      // Two names for one bound: the caller's holds.
      if name == "max_tokens", members["max_completion_tokens"] != nil { continue }
      editor.append(name, text)
    }
    if withPrompt, let messages = members["messages"], let prompt = bot.systemPrompt,
      messages.lazyElements?.first(where: { _ in true }) != nil
    {
      var system = JSONWriter()
      system.beginObject()
      system.member("role", "system")
      system.member("content", prompt)
      system.endObject()
      editor.replace("messages", with: "[".utf8 + system.bytes + ",".utf8 + messages.text.dropFirst())
    }
    return editor.edited()
  }
}
