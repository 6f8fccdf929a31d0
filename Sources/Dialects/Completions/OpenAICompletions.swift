import JSONText

/// OpenAI's legacy text completions, over chat.
///
/// A prompt is asked as one user message. With a `suffix` the model is asked for the text between the two
/// (``FillInTheMiddle``). Members that chat has too are passed on as they stand.
public struct OpenAICompletions: Dialect {
  /// The dialect has no settings of its own.
  public init() {}

  /// Reads a completion request: one exchange for each prompt.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    let model = try members.model()
    try members.refuseChatMembers()
    let isStream = try members.bool("stream") ?? false
    let includesUsage = try members.object("stream_options")?.bool("include_usage") ?? false
    let count = try members.choiceCount()
    let prompts = try members.prompts(choicesEach: count)
    let suffix = try members.suffix()
    let logprobs = try members.topLogprobs(isFilling: suffix != nil, under: policy)
    let isEchoed = try members.bool("echo") ?? false
    try members.refuseCopies(of: prompts.count, bodyByteCount: body.count)
    if isEchoed { try members.refuseEchoes(of: prompts, choicesEach: count) }

    var chats: [ChatRequest] = []
    for prompt in prompts {
      var draft = ChatDraft(model: model)
      try members.copyShared(to: &draft)
      if let logprobs {
        draft.member("logprobs") { $0.bool(true) }
        if logprobs > 0 { draft.member("top_logprobs") { $0.integer(logprobs) } }
      }
      FillInTheMiddle.ask(prompt, suffix, in: &draft)
      chats.append(try ChatRequest(draft: draft, under: policy))
    }
    return DecodedRequest(
      chats, isStream: isStream,
      encoder: CompletionsEncoder(
        model: model, includesUsage: isStream && includesUsage, topLogprobs: logprobs,
        echoes: isEchoed ? prompts.map { Array($0) } : [], choicesEach: count, isFilling: suffix != nil))
  }

  /// So many bytes a request may become by being written several times: its members once for each prompt, its prompts
  /// once for each choice that echoes them.
  static let copiesByteLimit = 32 << 20

  /// OpenAI's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }
}

extension RequestMembers {
  /// Members that are read here; all others mean the same in a chat request.
  private static let own: Set<String> = [
    "model", "prompt", "suffix", "echo", "logprobs", "stream", "stream_options",
  ]

  /// Members of chat that text completions have no place for, neither in the question nor in the answer.
  private static let foreign = [
    "messages", "tools", "tool_choice", "functions", "function_call", "top_logprobs",
  ]

  fileprivate func refuseChatMembers() throws(APIFault) {
    for name in Self.foreign {
      guard let value = self[name] else { continue }
      // Generic clients send empty lists of tools along.
      if let elements = value.lazyElements, elements.first(where: { _ in true }) == nil { continue }
      throw unsupported(name, "it belongs to a chat request. Send it to /v1/chat/completions.")
    }
  }

  /// `n`, once it is known to fit with `best_of`.
  fileprivate func choiceCount() throws(APIFault) -> Int {
    let count = try integer("n", in: 1...ChatAnswer.choiceLimit) ?? 1
    if let best = try integer("best_of", in: 1...ChatAnswer.choiceLimit), best < count {
      throw wrongValue("best_of", "no less than 'n', which is \(count)")
    }
    if self["max_tokens"]?.integer == 0 {
      throw unsupported(
        "max_tokens", "with 0 nothing is generated, and what the model makes of a prompt cannot be had.")
    }
    return count
  }

  /// The text after the cursor as the raw content of a JSON string, nil where there is none.
  fileprivate func suffix() throws(APIFault) -> ArraySlice<UInt8>? {
    guard let value = self["suffix"] else { return nil }
    guard let content = value.stringContent else { throw wrongType("suffix", "a string") }
    return content.isEmpty ? nil : content
  }

  /// How many likely tokens are to be told for each token, nil for no probabilities at all.
  fileprivate func topLogprobs(isFilling: Bool, under policy: RequestPolicy) throws(APIFault) -> Int? {
    guard let count = try integer("logprobs", in: 0...20) else { return nil }
    if isFilling { throw FillInTheMiddle.noLogprobs(self) }
    if try bool("echo") ?? false {
      throw unsupported("logprobs", "with 'echo' it asks for the tokens of the prompt, which cannot be had.")
    }
    if policy.members == .minimal {
      throw unsupported(
        "logprobs", "this proxy leaves out what the router does not document (compat.members is minimal).")
    }
    return count
  }

  /// Every exchange has a text of its own, so a long member next to many prompts would grow a request a
  /// hundredfold.
  fileprivate func refuseCopies(of count: Int, bodyByteCount: Int) throws(APIFault) {
    let shared = bodyByteCount - (self["prompt"]?.range.count ?? 0)
    guard count > 1, shared > OpenAICompletions.copiesByteLimit / count else { return }
    throw .invalidRequest(
      "request_too_large",
      "With \(count) prompts, \(shared) bytes of other members are sent \(count) times. Send fewer prompts "
        + "at once.",
      parameter: place(of: "prompt"))
  }

  /// A prompt is part of each of its choices, so a small request would have a huge answer.
  fileprivate func refuseEchoes(
    of prompts: [ArraySlice<UInt8>], choicesEach count: Int
  ) throws(APIFault) {
    // As many bytes as a body has at most, so neither sum nor product overflows.
    let byteCount = prompts.reduce(0) { $0 + $1.count }
    guard byteCount > OpenAICompletions.copiesByteLimit / count else { return }
    throw .invalidRequest(
      "request_too_large",
      "With 'echo', the \(byteCount) bytes of 'prompt' would be answered \(count) times. Ask without 'echo', or "
        + "for fewer choices.",
      parameter: place(of: "echo"))
  }

  fileprivate func copyShared(to draft: inout ChatDraft) throws(APIFault) {
    for member in object.members
    where !member.value.isNull && !Self.own.contains(member.name) && !Self.foreign.contains(member.name) {
      draft.member(member.name, member.value)
    }
  }
}
