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
  /// How many choices were asked for each prompt.
  let choicesEach: Int
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
    var writer = JSONWriter(
      reservingCapacity: choices.reduce(1024) { $1.texts.reduce($0) { $0 + $1.count } })
    writer.beginObject()
    CompletionHead(model: model, created: time.seconds, adopting: answer.object).write(to: &writer)
    writer.name("choices")
    writer.beginArray()
    for choice in choices {
      writer.completionChoice(
        choice.index, texts: choice.texts, finish: choice.finish, logprobs: choice.logprobs)
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
    try checkCounts(of: answer)
    var choices: [Choice] = []
    for (position, choice) in answer.choices.enumerated() {
      guard choice.calls.isEmpty else { throw Self.unexpectedCalls }
      let content = choice.content ?? choice.refusal ?? []
      let text = isFilling ? FillInTheMiddle.withoutFence(content) : content
      let echo = echoes.isEmpty ? nil : echoes[echoes.count > 1 ? position / choicesEach : 0][...]
      choices.append(
        Choice(
          index: choice.index, texts: [echo, text].compactMap { $0 },
          finish: choice.finish.legacyName, logprobs: try logprobs(of: choice)))
    }
    return choices
  }

  /// Refuses an answer in which the choices of each prompt cannot be found, or one that echoes would make huge.
  ///
  /// Callers with several prompts find the choices of each by `n` alone, so another number of them would give one
  /// prompt's answer to another. With a single prompt there is nothing to confuse.
  private func checkCounts(of answer: ChatAnswer) throws(APIFault) {
    if answer.counts.count > 1 {
      guard answer.counts.allSatisfy({ $0 == choicesEach }) else { throw unevenAnswer(answer.counts) }
    }
    guard !echoes.isEmpty else { return }
    guard echoes.count == answer.counts.count else { throw unevenAnswer(answer.counts) }
    // No more than asked for was checked with the request, but routers need not heed `n`.
    var byteCount = 0
    for (echo, count) in zip(echoes, answer.counts) { byteCount += echo.count * count }
    guard byteCount <= OpenAICompletions.copiesByteLimit else { throw Self.tooManyEchoes }
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

  private func unevenAnswer(_ counts: [Int]) -> APIFault {
    let other = counts.first { $0 != choicesEach } ?? counts.count
    return APIFault(
      status: 502, type: "server_error", code: "upstream_answer",
      message:
        "The router gave \(other) choices for a prompt where \(choicesEach) were asked for, so nobody could tell "
        + "which prompt each one answers. Send one prompt at a time, or ask without 'n'.")
  }

  private static let tooManyEchoes = APIFault(
    status: 502, type: "server_error", code: "upstream_answer",
    message:
      "The router gave more choices than were asked for, and with the prompt before each they are too long. "
      + "Ask without 'echo'.")
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
    _ index: Int, texts: [ArraySlice<UInt8>], finish: String?, logprobs: LegacyLogprobs?
  ) {
    beginObject()
    name("text")
    stringContent(joining: texts)
    member("index", index)
    name("logprobs")
    if let logprobs { logprobs.write(to: &self) } else { null() }
    name("finish_reason")
    if let finish { string(finish) } else { null() }
    endObject()
  }
}
