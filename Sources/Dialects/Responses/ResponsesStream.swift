import JSONText

/// Replays a whole answer as the events of a response, in the order in which CLIENTS.md section 5 has them.
struct ResponsesStream: AnswerStream {
  let contentType = "text/event-stream"

  private let head: ResponseHead
  private var events = ResponseEventWriter()
  private var isOpen = false

  init(_ encoder: ResponsesEncoder, at now: Int) {
    head = ResponseHead(encoder: encoder, createdAt: now)
  }

  mutating func opening() -> [UInt8] {
    open()
    return events.take()
  }

  mutating func heartbeat() -> [UInt8] {
    // A comment would not do: clients' idle timers count events.
    guard isOpen else { return [] }
    events.response("response.in_progress") { head.writeInProgress(to: &$0) }
    return events.take()
  }

  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at time: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    open()
    let output = ResponseOutput(answer, for: head.encoder)
    for (position, item) in output.items.enumerated() {
      events.event("response.output_item.added") { writer in
        writer.member("output_index", position)
        writer.name("item")
        item.writeEmpty(to: &writer)
      }
      let place = ItemPlace(id: item.id, position: position)
      switch item.content {
      case .reasoning(let text): try await write(reasoning: text, at: place, to: sink)
      case .message(let parts): try await write(parts, at: place, to: sink)
      case .call(let call): try await write(call, at: place, to: sink)
      }
      events.event("response.output_item.done") { writer in
        writer.member("output_index", position)
        writer.name("item")
        item.write(to: &writer)
      }
      if events.isFull { try await sink(events.take()) }
    }
    events.response("response.\(output.status)") { head.write(output, at: time.seconds, to: &$0) }
    try await sink(events.take())
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    open()
    // Two events, as OpenAI sends them: SDKs raise the first, agents read the second.
    events.event("error") { writer in
      Self.write(fault, to: &writer)
      // Once more as an object, which is what the SDKs look for before they raise.
      writer.name("error")
      writer.beginObject()
      writer.member("type", fault.type)
      Self.write(fault, to: &writer)
      writer.endObject()
    }
    events.response("response.failed") {
      head.writeFailed(code: Self.knownCode(of: fault), message: fault.message, to: &$0)
    }
    return events.take()
  }

  private static func write(_ fault: APIFault, to writer: inout JSONWriter) {
    writer.member("code", fault.code)
    writer.member("message", fault.message)
    writer.name("param")
    if let parameter = fault.parameter { writer.string(parameter) } else { writer.null() }
  }

  private mutating func open() {
    guard !isOpen else { return }
    isOpen = true
    for type in ["response.created", "response.in_progress"] {
      events.response(type) { head.writeInProgress(to: &$0) }
    }
  }

  /// The SDKs' types list the codes that a failed response can have; the fault's own is in the event before.
  private static func knownCode(of fault: APIFault) -> String {
    switch fault.status {
    case 429: "rate_limit_exceeded"
    case 400..<500: "invalid_prompt"
    default: "server_error"
    }
  }
}

extension ResponsesStream {
  private mutating func write<Failure: Error>(
    reasoning text: ArraySlice<UInt8>, at item: ItemPlace,
    to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    var item = item
    item.part = ("summary_index", 0)
    events.event("response.reasoning_summary_part.added", of: item) { writer in
      writer.name("part")
      ResponseItem.summary([], to: &writer)
    }
    for piece in JSONStringPieces(text, characters: EventWriter.charactersPerEvent) {
      events.event("response.reasoning_summary_text.delta", of: item) { $0.member("delta", content: piece) }
      if events.isFull { try await sink(events.take()) }
    }
    events.event("response.reasoning_summary_text.done", of: item) { $0.member("text", content: text) }
    events.event("response.reasoning_summary_part.done", of: item) { writer in
      writer.name("part")
      ResponseItem.summary(text, to: &writer)
    }
  }

  private mutating func write<Failure: Error>(
    _ parts: [ResponseItem.Part], at item: ItemPlace, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    var item = item
    for (position, part) in parts.enumerated() {
      item.part = ("content_index", position)
      events.event("response.content_part.added", of: item) { writer in
        writer.name("part")
        part.writeEmpty(to: &writer)
      }
      for piece in JSONStringPieces(part.text, characters: EventWriter.charactersPerEvent) {
        events.event(part.eventName + ".delta", of: item) { writer in
          writer.member("delta", content: piece)
          part.writeLogprobs(isWhole: false, to: &writer)
        }
        if events.isFull { try await sink(events.take()) }
      }
      events.event(part.eventName + ".done", of: item) { writer in
        writer.member(part.textName, content: part.text)
        part.writeLogprobs(isWhole: true, to: &writer)
      }
      if events.isFull { try await sink(events.take()) }
      events.event("response.content_part.done", of: item) { writer in
        writer.name("part")
        part.write(to: &writer)
      }
      if events.isFull { try await sink(events.take()) }
    }
  }

  private mutating func write<Failure: Error>(
    _ call: ResponseCall, at item: ItemPlace, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    for piece in JSONStringPieces(call.text[...], characters: EventWriter.charactersPerEvent) {
      events.event(call.eventName + ".delta", of: item) { $0.member("delta", content: piece) }
      if events.isFull { try await sink(events.take()) }
    }
    events.event(call.eventName + ".done", of: item) { writer in
      if !call.name.isCustom { writer.member("name", call.name.name) }
      writer.member(call.textName, content: call.text[...])
    }
  }
}
