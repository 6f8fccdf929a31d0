import JSONText

/// Replays a whole answer as `chat.completion.chunk` events, in the order and the form that CLIENTS.md section 2 found
/// safe: role first, then reasoning, content and tool calls, the finish reason, usage if asked for, `[DONE]`.
struct OpenAIChatStream: AnswerStream {
  let contentType = "text/event-stream"

  private let request: ChatRequest
  private var head: ChunkHead
  /// Choices with an index below this have been given their role.
  private var openedChoices = 0

  /// About this many characters make a piece of content: small enough to look like typing, large enough that a long
  /// answer is not mostly framing.
  static let charactersPerPiece = 48

  init(_ request: ChatRequest, at now: Int) {
    self.request = request
    head = ChunkHead(model: request.model, created: now)
  }

  mutating func opening() -> [UInt8] {
    guard openedChoices == 0 else { return [] }
    openedChoices = request.choiceCount
    return (0..<request.choiceCount).flatMap { roleEvent($0) }
  }

  mutating func heartbeat() -> [UInt8] {
    // A data-bearing chunk without content: comments break some clients and do not re-arm the watchdogs of others.
    head.event { chunk in chunk.choice(0) { $0.member("content", "") } }
  }

  mutating func events(of answer: ChatAnswer) -> [[UInt8]] {
    if openedChoices == 0 { head.adopt(answer.object) }
    var events: [[UInt8]] = []
    for choice in answer.choices {
      if choice.index >= openedChoices { events.append(roleEvent(choice.index)) }
      append(choice, to: &events)
    }
    openedChoices = max(openedChoices, request.choiceCount)
    if request.includesUsage, let usage = answer.object["usage"], usage.kind == .object {
      events.append(head.event { $0.usage(usage) })
    }
    events.append(Array("data: [DONE]\n\n".utf8))
    return events
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    Array("data: ".utf8) + OpenAIError.body(of: fault) + Array("\n\n".utf8)
  }

  private func roleEvent(_ index: Int) -> [UInt8] {
    head.event { chunk in
      chunk.choice(index) { delta in
        delta.member("role", "assistant")
        delta.member("content", "")
      }
    }
  }

  private func append(_ choice: ChatAnswer.Choice, to events: inout [[UInt8]]) {
    let message = choice.message
    for name in ["reasoning_content", "reasoning", "content", "refusal"] {
      guard let text = message[name], !text.isNull else { continue }
      append(text, as: name, of: choice.index, to: &events)
    }
    let calls = message["tool_calls"]?.elements ?? []
    for (position, call) in calls.enumerated() {
      append(ToolCall(call), at: position, of: choice.index, to: &events)
    }
    if let call = message["function_call"], call.kind == .object {
      events.append(head.event { $0.choice(choice.index) { $0.member("function_call", copying: call) } })
    }
    let reason = finishReason(of: choice, hasCalls: !calls.isEmpty)
    events.append(head.event { $0.choice(choice.index, finish: reason, logprobs: choice.logprobs) { _ in } })
  }

  private func append(_ text: JSONValue, as name: String, of index: Int, to events: inout [[UInt8]]) {
    guard let content = text.stringContent else {
      // A list of parts: no client expects to see it cut.
      events.append(head.event { $0.choice(index) { $0.member(name, copying: text) } })
      return
    }
    for piece in JSONStringPieces(content, characters: Self.charactersPerPiece) {
      events.append(head.event { $0.choice(index) { $0.member(name, content: piece) } })
    }
  }

  private func append(_ call: ToolCall, at position: Int, of index: Int, to events: inout [[UInt8]]) {
    events.append(
      head.event { chunk in
        chunk.choice(index) { delta in
          delta.toolCall(position) { call.writeStart(to: &$0) }
        }
      })
    for piece in JSONStringPieces(call.arguments[...], characters: Self.charactersPerPiece) {
      events.append(
        head.event { chunk in
          chunk.choice(index) { delta in
            delta.toolCall(position) { call.writeArguments(piece, to: &$0) }
          }
        })
    }
  }

  /// `tool_calls` exactly when calls were sent, unless the answer was cut; never nothing, because some clients take a
  /// stream without a reason for a broken one.
  private func finishReason(of choice: ChatAnswer.Choice, hasCalls: Bool) -> String {
    switch choice.finishReason {
    case "length": "length"
    case let reason? where !hasCalls && reason != "tool_calls": reason
    default: hasCalls ? "tool_calls" : "stop"
    }
  }
}
