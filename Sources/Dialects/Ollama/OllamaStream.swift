import JSONText

/// Replays a whole answer as lines of JSON: thoughts, text, all tool calls in one line, and a line with `done`.
struct OllamaStream: AnswerStream {
  let contentType = "application/x-ndjson"

  private let encoder: OllamaEncoder
  private let startedAt: OllamaTimestamp
  private var isOpen = false

  init(_ encoder: OllamaEncoder, at now: Int) {
    self.encoder = encoder
    startedAt = OllamaTimestamp(now)
  }

  mutating func opening() -> [UInt8] {
    guard !isOpen else { return [] }
    isOpen = true
    return emptyLine()
  }

  mutating func heartbeat() -> [UInt8] {
    // A line with nothing new in it: clients parse every line, so an empty one would break them.
    isOpen ? emptyLine() : []
  }

  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at time: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    isOpen = true
    let now = OllamaTimestamp(time.seconds)
    var events = EventWriter()
    for part in encoder.parts(of: answer) {
      for piece in JSONStringPieces(part.thinking, characters: EventWriter.charactersPerEvent) {
        line(OllamaEncoder.Part(thinking: piece), at: now, to: &events)
        if events.isFull { try await sink(events.take()) }
      }
      for piece in JSONStringPieces(part.text, characters: EventWriter.charactersPerEvent) {
        line(OllamaEncoder.Part(text: piece), at: now, to: &events)
        if events.isFull { try await sink(events.take()) }
      }
      if !part.calls.isEmpty { line(OllamaEncoder.Part(calls: part.calls), at: now, to: &events) }
      if events.isFull { try await sink(events.take()) }
    }
    events.line { writer in
      encoder.write(at: now, to: &writer) { encoder.writeEnd(of: answer, after: time.elapsed, to: &$0) }
    }
    try await sink(events.take())
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    OllamaError.body(of: fault) + [UInt8(ascii: "\n")]
  }

  private func line(_ part: OllamaEncoder.Part, at time: OllamaTimestamp, to events: inout EventWriter) {
    events.line { writer in
      encoder.write(part, at: time, to: &writer) { $0.member("done", false) }
    }
  }

  private func emptyLine() -> [UInt8] {
    var events = EventWriter()
    line(OllamaEncoder.Part(), at: startedAt, to: &events)
    return events.take()
  }
}
