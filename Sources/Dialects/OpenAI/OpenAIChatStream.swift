import JSONText

/// Replays a whole answer as `chat.completion.chunk` events, in the order and the form that CLIENTS.md section 2 found
/// safe: role first, then reasoning, content and tool calls, the finish reason, usage if asked for, `[DONE]`.
struct OpenAIChatStream: AnswerStream {
  let contentType = "text/event-stream"

  private let request: OpenAIChatEncoder
  private let startedAt: Int
  /// There once the opening is said: its identifier holds for the whole stream.
  private var head: ChunkHead?

  init(_ request: OpenAIChatEncoder, at now: Int) {
    self.request = request
    startedAt = now
  }

  mutating func opening() -> [UInt8] {
    guard head == nil else { return [] }
    let head = ChunkHead(model: request.model, created: startedAt)
    self.head = head
    var writer = ChunkWriter(head: head)
    // Of the first choice only: routers give fewer choices than were asked for, and one that began has to end.
    writer.role(0)
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
    let isOpened = head != nil
    let head = self.head ?? ChunkHead(model: request.model, created: startedAt, adopting: answer.object)
    self.head = head
    var writer = ChunkWriter(head: head)
    var replays = answer.choices.map {
      ChoiceReplay($0, request.callForm, isOpened: isOpened && $0.index == 0)
    }
    var isGoingOn = true
    while isGoingOn {
      isGoingOn = false
      for position in replays.indices {
        if replays[position].writeNext(to: &writer) { isGoingOn = true }
        if writer.isFull { try await sink(writer.take()) }
      }
    }
    if request.includesUsage, let usage = AnswerUsage(answer) { writer.usage(usage) }
    writer.done()
    try await sink(writer.take())
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    var events = EventWriter()
    events.data(OpenAIError.body(of: fault))
    return events.take()
  }
}
