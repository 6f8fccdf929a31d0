import JSONText

/// Replays a whole answer as Anthropic's events: one block open at a time, and every event named as its data's type.
struct AnthropicStream: AnswerStream {
  let contentType = "text/event-stream"

  private let request: AnthropicEncoder
  private var isOpen = false

  init(_ request: AnthropicEncoder) { self.request = request }

  mutating func opening() -> [UInt8] {
    var events = EventWriter()
    open(&events, usage: AnthropicUsage(estimate: request.inputTokens))
    return events.take()
  }

  mutating func heartbeat() -> [UInt8] {
    guard isOpen else { return [] }
    var events = EventWriter()
    events.ping()
    return events.take()
  }

  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at _: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    let answer = AnthropicAnswer(answer, for: request)
    var events = EventWriter()
    open(&events, usage: answer.usage.beforeOutput)
    for (index, block) in answer.blocks.enumerated() {
      events.typed("content_block_start") { writer in
        writer.member("index", index)
        writer.name("content_block")
        block.writeStart(to: &writer)
      }
      let delta = block.delta
      for piece in JSONStringPieces(delta.content, characters: EventWriter.charactersPerEvent) {
        events.delta(index, type: delta.type) { $0.member(delta.member, content: piece) }
        if events.isFull { try await sink(events.take()) }
      }
      if case .thinking = block {
        events.delta(index, type: "signature_delta") { $0.member("signature", AnthropicBlock.signature) }
      }
      events.typed("content_block_stop") { $0.member("index", index) }
      if events.isFull { try await sink(events.take()) }
    }
    events.end(answer)
    try await sink(events.take())
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    var events = EventWriter()
    events.event("error") { AnthropicError.write(fault, requestID: request.requestID, to: &$0) }
    return events.take()
  }

  private mutating func open(_ events: inout EventWriter, usage: AnthropicUsage) {
    guard !isOpen else { return }
    isOpen = true
    events.typed("message_start") { writer in
      writer.name("message")
      request.writeMessage(id: AnthropicEncoder.newID(), to: &writer) { _ in
      } end: { writer in
        writer.name("stop_reason")
        writer.null()
        writer.name("stop_sequence")
        writer.null()
        writer.name("usage")
        usage.write(to: &writer)
      }
    }
    events.ping()
  }
}

extension EventWriter {
  /// An event whose name is also the member `type` of its data.
  fileprivate mutating func typed(_ type: String, _ members: (inout JSONWriter) -> Void) {
    event(type) { writer in
      writer.beginObject()
      writer.member("type", type)
      members(&writer)
      writer.endObject()
    }
  }

  fileprivate mutating func ping() { typed("ping") { _ in } }

  fileprivate mutating func delta(_ index: Int, type: String, _ member: (inout JSONWriter) -> Void) {
    typed("content_block_delta") { writer in
      writer.member("index", index)
      writer.name("delta")
      writer.beginObject()
      writer.member("type", type)
      member(&writer)
      writer.endObject()
    }
  }

  fileprivate mutating func end(_ answer: AnthropicAnswer) {
    typed("message_delta") { writer in
      writer.name("delta")
      writer.beginObject()
      writer.member("stop_reason", answer.stopReason)
      writer.name("stop_sequence")
      writer.null()
      writer.endObject()
      writer.name("usage")
      answer.usage.write(to: &writer)
    }
    typed("message_stop") { _ in }
  }
}
