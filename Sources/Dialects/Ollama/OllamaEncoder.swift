import JSONText

/// Writes answers as Ollama does, whole or in lines.
struct OllamaEncoder: AnswerEncoder {
  /// The two forms of an answer, which differ in where the text stands.
  enum Form: Sendable {
    /// `"message":{"role":"assistant","content":…}`
    case chat
    /// `"response":…`
    case generate
  }

  /// What one object says of the answer.
  struct Part {
    var text: ArraySlice<UInt8> = []
    var thinking: ArraySlice<UInt8> = []
    var calls: [ToolCall] = []
  }

  /// The model as the caller named it.
  let model: String
  /// Which of the two.
  let form: Form
  /// Whether the caller wants to see what the model thought.
  let showsThinking: Bool
  /// Whether the answer fills a gap.
  var isFilling = false

  /// The whole answer in one object.
  func encode(_ answer: ChatAnswer, at time: AnswerTime) throws(APIFault) -> [UInt8] {
    var part = Part()
    for next in parts(of: answer) {
      part.text = part.text.isEmpty ? next.text : part.text + next.text
      if !next.thinking.isEmpty { part.thinking = next.thinking }
      part.calls += next.calls
    }
    var writer = JSONWriter(reservingCapacity: part.text.count + part.thinking.count + 512)
    write(part, at: OllamaTimestamp(time.seconds), to: &writer) { writer in
      writeEnd(of: answer, after: time.elapsed, to: &writer)
    }
    return writer.bytes
  }

  /// A writer of lines.
  func stream(at now: Int) -> any AnswerStream { OllamaStream(self, at: now) }

  /// What there is to say, in the order in which it is said: thoughts, text, calls.
  ///
  /// Ollama has one choice.
  func parts(of answer: ChatAnswer) -> [Part] {
    guard let choice = answer.choices.first else { return [] }
    var parts: [Part] = []
    if showsThinking, let thinking = choice.reasoning { parts.append(Part(thinking: thinking)) }
    if let text = choice.content {
      parts.append(Part(text: isFilling ? FillInTheMiddle.withoutFence(text) : text))
    }
    // Ollama has no member for it, and it is what the model says.
    if let refusal = choice.refusal { parts.append(Part(text: refusal)) }
    let calls = choice.calls
    if !calls.isEmpty { parts.append(Part(calls: calls)) }
    return parts
  }

  /// Writes one object: what all have, the part, and what `last` adds.
  func write(
    _ part: Part = Part(), at time: OllamaTimestamp, to writer: inout JSONWriter,
    last: (inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    writer.member("model", model)
    writer.member("created_at", time.description)
    switch form {
    case .chat:
      writer.name("message")
      writer.beginObject()
      writer.member("role", "assistant")
      write(part, as: "content", to: &writer)
      writer.endObject()
    case .generate: write(part, as: "response", to: &writer)
    }
    last(&writer)
    writer.endObject()
  }

  private func write(_ part: Part, as name: String, to writer: inout JSONWriter) {
    writer.member(name, content: part.text)
    if !part.thinking.isEmpty { writer.member("thinking", content: part.thinking) }
    guard !part.calls.isEmpty else { return }
    writer.name("tool_calls")
    writer.beginArray()
    for (position, call) in part.calls.enumerated() { call.write(at: position, to: &writer) }
    writer.endArray()
  }

  /// Writes what only the last object has.
  func writeEnd(of answer: ChatAnswer, after elapsed: Duration, to writer: inout JSONWriter) {
    if let logprobs = answer.choices.first?.logprobs, let members = try? logprobs.object(),
      let tokens = members["content"], tokens.kind == .array
    {
      // OpenAI's elements have the members of Ollama's.
      writer.member("logprobs", tokens)
    }
    writer.member("done", true)
    writer.member("done_reason", Self.doneReason(answer))
    OllamaDurations(elapsed).write(TokenUsage(answer), to: &writer)
  }

  private static func doneReason(_ answer: ChatAnswer) -> String {
    switch answer.choices.first?.finish {
    case .length: "length"
    // Not among Ollama's own words, but "stop" would say that the answer is complete.
    case .contentFilter: "content_filter"
    case .other(let reason): reason
    // Ollama says the same after calls.
    case .stop, .toolCalls, nil: "stop"
    }
  }
}

extension ToolCall {
  /// Writes the call with its arguments as an object.
  fileprivate func write(at position: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", id)
    writer.name("function")
    writer.beginObject()
    writer.member("index", position)
    writer.member("name", name)
    writer.name("arguments")
    writer.raw(argumentsObject)
    writer.endObject()
    writer.endObject()
  }
}
