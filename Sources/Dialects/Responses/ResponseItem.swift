import JSONText

/// One item of a response's output.
struct ResponseItem {
  /// What an item can be.
  enum Content {
    /// What the model thought, as the raw content of a JSON string.
    case reasoning(ArraySlice<UInt8>)
    case message([Part])
    case call(ResponseCall)
  }

  /// What a message has in it; texts are the raw content of a JSON string.
  enum Part {
    case text(ArraySlice<UInt8>, logprobs: ResponseLogprobs?)
    case refusal(ArraySlice<UInt8>)
  }

  let id: String
  let content: Content
  private let status: String

  init(content: Content, isIncomplete: Bool) {
    self.content = content
    status = isIncomplete ? "incomplete" : "completed"
    let prefix =
      switch content {
      case .reasoning: "rs_"
      case .message: "msg_"
      case .call(let call): call.name.isCustom ? "ctc_" : "fc_"
      }
    id = prefix + randomIdentifier()
  }

  /// Writes the item whole.
  func write(to writer: inout JSONWriter) {
    write(status: status, to: &writer) { writer in
      switch content {
      case .reasoning(let text):
        writer.beginArray()
        Self.summary(text, to: &writer)
        writer.endArray()
      case .message(let parts):
        writer.beginArray()
        for part in parts { part.write(to: &writer) }
        writer.endArray()
      case .call(let call): writer.stringContent(call.text)
      }
    }
  }

  /// Writes the item as it is before anything is in it.
  func writeEmpty(to writer: inout JSONWriter) {
    write(status: "in_progress", to: &writer) { writer in
      switch content {
      case .reasoning, .message:
        writer.beginArray()
        writer.endArray()
      case .call: writer.string("")
      }
    }
  }

  /// Writes a part of a reasoning item.
  static func summary(_ text: ArraySlice<UInt8>, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", "summary_text")
    writer.member("text", content: text)
    writer.endObject()
  }

  private func write(
    status: String, to writer: inout JSONWriter, filling fill: (inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    writer.member("id", id)
    switch content {
    case .reasoning:
      writer.member("type", "reasoning")
      writer.name("summary")
      fill(&writer)
      writer.name("encrypted_content")
      writer.null()
    case .message:
      writer.member("type", "message")
      writer.member("role", "assistant")
      writer.name("content")
      fill(&writer)
    case .call(let call):
      writer.member("type", call.type)
      writer.member("call_id", call.id)
      writer.member("name", call.name.name)
      if let namespace = call.name.namespace { writer.member("namespace", namespace) }
      writer.name(call.textName)
      fill(&writer)
    }
    writer.member("status", status)
    writer.endObject()
  }
}

extension ResponseItem.Part {
  /// The events that bring the text begin with this.
  var eventName: String {
    switch self {
    case .text: "response.output_text"
    case .refusal: "response.refusal"
    }
  }

  /// The member of the last of those events that has the whole text.
  var textName: String {
    switch self {
    case .text: "text"
    case .refusal: "refusal"
    }
  }

  var text: ArraySlice<UInt8> {
    switch self {
    case .text(let text, _): text
    case .refusal(let text): text
    }
  }

  /// Writes the part whole.
  func write(to writer: inout JSONWriter) { write(text, logprobs: true, to: &writer) }

  /// Writes the part as it is before anything is in it.
  func writeEmpty(to writer: inout JSONWriter) { write([], logprobs: false, to: &writer) }

  /// Writes `logprobs` of an event, which a refusal does not have.
  func writeLogprobs(isWhole: Bool, to writer: inout JSONWriter) {
    guard case .text(_, let logprobs) = self else { return }
    writer.name("logprobs")
    if isWhole, let logprobs { logprobs.write(to: &writer) } else { writer.raw("[]".utf8) }
  }

  private func write(_ text: ArraySlice<UInt8>, logprobs: Bool, to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .text:
      writer.member("type", "output_text")
      writer.emptyArray("annotations")
      writeLogprobs(isWhole: logprobs, to: &writer)
    case .refusal: writer.member("type", "refusal")
    }
    writer.member(textName, content: text)
    writer.endObject()
  }
}
