import JSONText

/// Writes answers as text completions.
struct CompletionsEncoder: AnswerEncoder {
  /// The model as the caller named it.
  let model: String
  /// Whether a stream ends with a usage event.
  let includesUsage: Bool
  /// How many likely tokens were asked for beside each token, nil for no probabilities.
  let topLogprobs: Int?
  /// The prompts that are to stand before what was generated, as raw content of JSON strings; empty for none.
  let echoes: [[UInt8]]
  /// Whether the answer fills a gap.
  let isFilling: Bool

  /// One choice, ready to be written.
  struct Choice {
    let index: Int
    /// The text in one part or two, each the raw content of a JSON string.
    let texts: [ArraySlice<UInt8>]
    let finish: String
    let logprobs: LegacyLogprobs?
  }

  /// The whole answer.
  func encode(_ answer: ChatAnswer, at time: AnswerTime) throws(APIFault) -> [UInt8] {
    let choices = try choices(of: answer)
    var writer = JSONWriter(reservingCapacity: 1024)
    writer.beginObject()
    CompletionHead(model: model, created: time.seconds, adopting: answer.object).write(to: &writer)
    writer.name("choices")
    writer.beginArray()
    for choice in choices {
      writer.completionChoice(
        choice.index, text: choice.texts.count == 1 ? choice.texts[0] : Array(choice.texts.joined())[...],
        finish: choice.finish, logprobs: choice.logprobs)
    }
    writer.endArray()
    if let usage = answer.object["usage"], usage.kind == .object { writer.member("usage", usage) }
    writer.endObject()
    return writer.bytes
  }

  /// A writer of `text_completion` events.
  func stream(at now: Int) -> any AnswerStream { CompletionsStream(self, at: now) }

  /// The choices in their order, numbered over all prompts: choice j of prompt i has the number i*n+j.
  ///
  /// - Throws: where an answer has what a text completion cannot say, or lacks what the caller asked for.
  func choices(of answer: ChatAnswer) throws(APIFault) -> [Choice] {
    let count = answer.choices.count
    guard echoes.isEmpty || count.isMultiple(of: echoes.count) else { throw Self.unevenAnswer }
    var choices: [Choice] = []
    for (position, choice) in answer.choices.enumerated() {
      guard choice.calls.isEmpty else { throw Self.unexpectedCalls }
      let content = choice.content ?? choice.refusal ?? []
      let text = isFilling ? FillInTheMiddle.withoutFence(content) : content
      let echo = echoes.isEmpty ? nil : echoes[position / (count / echoes.count)][...]
      choices.append(
        Choice(
          index: echoes.isEmpty ? choice.index : position, texts: [echo, text].compactMap { $0 },
          finish: choice.finish.legacyName, logprobs: try logprobs(of: choice)))
    }
    return choices
  }

  private func logprobs(of choice: ChatAnswer.Choice) throws(APIFault) -> LegacyLogprobs? {
    guard let topLogprobs else { return nil }
    guard let logprobs = LegacyLogprobs(choice.logprobs, top: topLogprobs) else {
      throw .invalidRequest(
        "unsupported_parameter",
        "'logprobs' cannot be honoured: the router's answer for model '\(ForeignText(model).text)' has no "
          + "probabilities. Ask without 'logprobs'.", parameter: "logprobs")
    }
    return logprobs
  }

  private static let unexpectedCalls = APIFault(
    status: 502, type: "server_error", code: "upstream_answer",
    message:
      "The model called a tool though it was given none, and a text completion cannot say so. Try again.")

  private static let unevenAnswer = APIFault(
    status: 502, type: "server_error", code: "upstream_answer",
    message: "The router gave a different number of choices for each prompt. Try again, or without 'echo'.")
}

extension FinishReason {
  /// What a text completion says for it.
  fileprivate var legacyName: String {
    switch self {
    case .stop, .toolCalls: "stop"
    case .length: "length"
    case .contentFilter: "content_filter"
    case .other(let reason): reason
    }
  }
}

extension JSONWriter {
  /// One choice of a whole completion or of a chunk.
  mutating func completionChoice(
    _ index: Int, text: ArraySlice<UInt8>, finish: String?, logprobs: LegacyLogprobs?
  ) {
    beginObject()
    name("text")
    stringContent(text)
    member("index", index)
    name("logprobs")
    if let logprobs { logprobs.write(to: &self) } else { null() }
    name("finish_reason")
    if let finish { string(finish) } else { null() }
    endObject()
  }
}
