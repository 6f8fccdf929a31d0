import JSONText

/// Writes answers as Anthropic's messages.
struct AnthropicEncoder: AnswerEncoder {
  /// How the model's thoughts are told.
  enum Thinking {
    /// In blocks of their own.
    case shown
    /// As blocks with nothing in them.
    case omitted
    /// Not at all.
    case left
  }

  /// The model as the caller named it.
  let model: String
  let thinking: Thinking
  /// Whether only the first tool call is wanted.
  let takesOneCall: Bool
  /// What the request takes, roughly: for what is said before the model has counted, or where the router does not say.
  let inputTokens: Int
  let requestID: String?

  /// The whole answer as a `message`.
  func encode(_ answer: ChatAnswer, at _: AnswerTime) throws(APIFault) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: answer.byteCount + 1024)
    let answer = AnthropicAnswer(answer, for: self)
    writeMessage(id: Self.newID(), to: &writer) { writer in
      for block in answer.blocks { block.write(to: &writer) }
    } end: { writer in
      writer.member("stop_reason", answer.stopReason)
      writer.name("stop_sequence")
      writer.null()
      writer.name("usage")
      answer.usage.write(to: &writer)
    }
    return writer.bytes
  }

  /// A writer of Anthropic's events.
  func stream(at _: Int) -> any AnswerStream { AnthropicStream(self) }

  static func newID() -> String { "msg_" + randomIdentifier() }

  /// What whole messages and the first event of a stream have in common.
  func writeMessage(
    id: String, to writer: inout JSONWriter, content: (inout JSONWriter) -> Void,
    end: (inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("type", "message")
    writer.member("role", "assistant")
    writer.member("model", model)
    writer.name("content")
    writer.beginArray()
    content(&writer)
    writer.endArray()
    end(&writer)
    writer.endObject()
  }
}
