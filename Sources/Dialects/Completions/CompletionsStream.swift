import JSONText

/// Replays a whole answer as `text_completion` chunks: text in pieces, the finish reason, usage if asked
/// for, `[DONE]`; under the rules for bytes of CLIENTS.md section 2.
struct CompletionsStream: AnswerStream {
  let contentType = "text/event-stream"

  private let request: CompletionsEncoder
  private let startedAt: Int
  /// The beginning of every chunk; there once the opening is said, and the same for the whole stream.
  private var head: [UInt8]?
  private var events = EventWriter()

  init(_ request: CompletionsEncoder, at now: Int) {
    self.request = request
    startedAt = now
  }

  mutating func opening() -> [UInt8] {
    guard head == nil else { return [] }
    head = CompletionHead(model: request.model, created: startedAt).chunkText
    return heartbeat()
  }

  mutating func heartbeat() -> [UInt8] {
    // A chunk without text: comments break some clients and do not re-arm the watchdogs of others.
    guard head != nil else { return [] }
    chunk(0, text: [])
    return events.take()
  }

  func refusal(of answer: ChatAnswer) -> APIFault? {
    do throws(APIFault) {
      _ = try request.choices(of: answer)
      return nil
    } catch {
      return error
    }
  }

  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at _: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    let choices: [CompletionsEncoder.Choice]
    do throws(APIFault) {
      choices = try request.choices(of: answer)
    } catch {
      return try await sink(failure(error))
    }
    if head == nil {
      head = CompletionHead(model: request.model, created: startedAt, adopting: answer.object).chunkText
    }
    for choice in choices {
      for text in choice.texts {
        for piece in JSONStringPieces(text, characters: EventWriter.charactersPerEvent) {
          chunk(choice.index, text: piece)
          if events.isFull { try await sink(events.take()) }
        }
      }
      chunk(choice.index, text: [], finish: choice.finish, logprobs: choice.logprobs)
      if events.isFull { try await sink(events.take()) }
    }
    if request.includesUsage, let usage = answer.object["usage"], usage.kind == .object {
      var text = (head ?? []) + #"],"usage":"#.utf8
      usage.appendSingleLine(to: &text)
      events.data(text + "}".utf8)
    }
    events.data("[DONE]".utf8)
    try await sink(events.take())
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] {
    events.data(OpenAIError.body(of: fault))
    return events.take()
  }

  private mutating func chunk(
    _ index: Int, text: ArraySlice<UInt8>, finish: String? = nil, logprobs: LegacyLogprobs? = nil
  ) {
    var writer = JSONWriter()
    writer.completionChoice(index, texts: [text], finish: finish, logprobs: logprobs)
    events.data((head ?? []) + writer.bytes + "]}".utf8)
  }
}
