import JSONText

/// OpenAI's chat completions.
public struct OpenAIChat: Dialect {
  /// The dialect has no settings of its own.
  public init() {}

  /// Reads a chat request.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (document, members) = try RequestMembers.reading(body)
    let isStream = try members.bool("stream") ?? false
    let options = try members.object("stream_options")
    let includesUsage = try options?.bool("include_usage") ?? false
    let choiceCount = try members.integer("n", in: 1...ChatAnswer.choiceLimit) ?? 1
    let chat = try ChatRequest(document, members, under: policy)
    return DecodedRequest(
      chat, isStream: isStream,
      encoder: OpenAIChatEncoder(
        model: chat.model, isAlias: chat.model != chat.routerModel, includesUsage: isStream && includesUsage,
        choiceCount: choiceCount))
  }

  /// OpenAI's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }
}

/// Writes answers as chat completions.
struct OpenAIChatEncoder: AnswerEncoder {
  /// The model as the caller named it.
  let model: String
  /// Whether the router knows it by another name.
  let isAlias: Bool
  /// Whether a stream ends with a usage event.
  let includesUsage: Bool
  /// How many choices were asked for.
  let choiceCount: Int

  /// The whole answer, byte for byte as the router sealed it but for `_metadata`, which strict decoders refuse, and the
  /// model's name where the caller used an alias.
  func encode(_ answer: ChatAnswer, at _: AnswerTime) throws(APIFault) -> [UInt8] {
    var editor = JSONEditor(answer.document, object: answer.object)
    if answer.object["_metadata"] != nil { editor.remove("_metadata") }
    if isAlias, answer.object["model"] != nil {
      var name = JSONWriter()
      name.string(model)
      editor.replace("model", with: name.bytes)
    }
    return editor.isEmpty ? answer.document.bytes : editor.edited()
  }

  /// A writer of `chat.completion.chunk` events.
  func stream(at now: Int) -> any AnswerStream { OpenAIChatStream(self, at: now) }
}
