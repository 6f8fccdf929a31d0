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
    // Looked at before the messages: what is wrong with the request as a whole is told first.
    _ = try members.integer("n", in: 1...ChatAnswer.choiceLimit)
    let chat = try ChatRequest(document, members, under: policy)
    return DecodedRequest(
      chat, isStream: isStream,
      encoder: OpenAIChatEncoder(
        model: chat.model, isAlias: chat.model != chat.routerModel, includesUsage: isStream && includesUsage,
        callForm: chat.callForm))
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
  /// How the caller knows calls.
  var callForm = CallForm()

  /// The whole answer, byte for byte as the router sealed it but for what strict decoders refuse or need.
  ///
  /// That is `_metadata`, which goes, members that are missing, calls and reasons that do not fit each other, and the
  /// model's name where the caller used an alias.
  func encode(_ answer: ChatAnswer, at time: AnswerTime) throws(APIFault) -> [UInt8] {
    var editor = JSONEditor(answer.document, object: answer.object)
    editor.remove("_metadata")
    if isAlias, answer.object["model"] != nil { editor.replace("model", with: Self.text(model)) }
    if let choices = ChoiceMending(callForm).mended(answer) { editor.replace("choices", with: choices) }
    if let usage = AnswerUsage(answer), !usage.isComplete { editor.replace("usage", with: usage.text) }
    let identity = [
      ("id", Self.text("chatcmpl-" + randomIdentifier())), ("object", Self.text("chat.completion")),
      ("created", Array(time.seconds.description.utf8)), ("model", Self.text(model)),
    ]
    for (name, text) in identity where answer.object[name]?.isNull != false { editor.append(name, text) }
    if answer.object["created"]?.isNoMoment == true {
      editor.replace("created", with: Array(time.seconds.description.utf8))
    }
    return editor.isEmpty ? answer.document.bytes : editor.edited()
  }

  private static func text(_ string: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(string)
    return writer.bytes
  }

  /// A writer of `chat.completion.chunk` events.
  func stream(at now: Int) -> any AnswerStream { OpenAIChatStream(self, at: now) }
}
