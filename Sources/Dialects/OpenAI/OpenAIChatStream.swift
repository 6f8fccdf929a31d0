import JSONText

/// Replays a whole answer as `chat.completion.chunk` events, in the order and the form that CLIENTS.md section 2 found
/// safe: role first, then reasoning, content and tool calls, the finish reason, usage if asked for, `[DONE]`.
struct OpenAIChatStream: AnswerStream {
  let contentType = "text/event-stream"

  private let request: OpenAIChatEncoder
  private let startedAt: Int
  /// There once the opening is said: its identifier holds for the whole stream.
  private var head: ChunkHead?
  private var openedChoices: Int { head == nil ? 0 : request.choiceCount }

  init(_ request: OpenAIChatEncoder, at now: Int) {
    self.request = request
    startedAt = now
  }

  mutating func opening() -> [UInt8] {
    guard head == nil else { return [] }
    let head = ChunkHead(model: request.model, created: startedAt)
    self.head = head
    var writer = ChunkWriter(head: head)
    for index in 0..<request.choiceCount { writer.role(index) }
    return writer.take()
  }

  mutating func heartbeat() -> [UInt8] {
    // A data-bearing chunk without content: comments break some clients and do not re-arm the watchdogs of others.
    guard let head else { return [] }
    var writer = ChunkWriter(head: head)
    writer.choice(0) { $0.member("content", "") }
    return writer.take()
  }

  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at _: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    let opened = openedChoices
    let head = self.head ?? ChunkHead(model: request.model, created: startedAt, adopting: answer.object)
    self.head = head
    var writer = ChunkWriter(head: head)
    for choice in answer.choices {
      if choice.index >= opened { writer.role(choice.index) }
      for part in Self.parts(of: choice) {
        switch part {
        case .text(let name, let content):
          for piece in JSONStringPieces(content, characters: EventWriter.charactersPerEvent) {
            writer.choice(choice.index) { $0.member(name, content: piece) }
            if writer.isFull { try await sink(writer.take()) }
          }
        case .member(let name, let value):
          writer.choice(choice.index) { $0.member(name, value) }
        case .call(let position, let call):
          writer.choice(choice.index) { $0.toolCall(position) { call.writeStart(to: &$0) } }
          for piece in JSONStringPieces(call.arguments[...], characters: EventWriter.charactersPerEvent) {
            writer.choice(choice.index) { $0.toolCall(position) { call.writeArguments(piece, to: &$0) } }
            if writer.isFull { try await sink(writer.take()) }
          }
        }
        if writer.isFull { try await sink(writer.take()) }
      }
      writer.choice(choice.index, finish: Self.finishReason(of: choice), logprobs: choice.logprobs) { _ in }
    }
    if request.includesUsage, let usage = answer.object["usage"], usage.kind == .object {
      writer.usage(usage)
    }
    writer.done()
    try await sink(writer.take())
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    var events = EventWriter()
    events.data(OpenAIError.body(of: fault))
    return events.take()
  }

  /// What a message is sent as, in the order in which clients expect it.
  private enum Part {
    /// A text that is cut into pieces.
    case text(String, ArraySlice<UInt8>)
    /// A member that no client expects to see cut.
    case member(String, JSONValue)
    /// A tool call and its place.
    case call(Int, ToolCall)
  }

  private static func parts(of choice: ChatAnswer.Choice) -> [Part] {
    var parts: [Part] = []
    for name in ["reasoning_content", "reasoning", "content", "refusal"] {
      guard let value = choice.message[name], !value.isNull else { continue }
      parts.append(value.stringContent.map { .text(name, $0) } ?? .member(name, value))
    }
    for (position, call) in calls(of: choice).enumerated() { parts.append(.call(position, ToolCall(call))) }
    if let call = choice.message["function_call"], call.kind == .object {
      parts.append(.member("function_call", call))
    }
    return parts
  }

  private static func calls(of choice: ChatAnswer.Choice) -> [JSONValue] {
    choice.message["tool_calls"]?.elements ?? []
  }

  /// `tool_calls` exactly when calls were sent, unless the answer was cut; never nothing, because some clients take a
  /// stream without a reason for a broken one.
  private static func finishReason(of choice: ChatAnswer.Choice) -> String {
    let hasCalls = !calls(of: choice).isEmpty
    switch choice.finishReason {
    case "length": return "length"
    case let reason? where !hasCalls && reason != "tool_calls": return reason
    default: return hasCalls ? "tool_calls" : "stop"
    }
  }
}

extension ChunkWriter {
  fileprivate mutating func role(_ index: Int) {
    choice(index) { delta in
      delta.member("role", "assistant")
      delta.member("content", "")
    }
  }
}
