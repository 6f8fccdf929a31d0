/// A stream for a dialect that has none: the whole answer as one piece.
struct WholeAnswerStream: AnswerStream {
  let contentType = "application/json"
  let encoder: EnclavaChatEncoder

  mutating func opening() -> [UInt8] { [] }

  /// White space before a value is JSON (RFC 8259 section 2).
  mutating func heartbeat() -> [UInt8] { Array("\n".utf8) }

  func refusal(of answer: ChatAnswer) -> APIFault? { encoder.refusal(of: answer) }

  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at time: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure) {
    let body: [UInt8]
    do throws(APIFault) {
      body = try encoder.encode(answer, at: time)
    } catch {
      body = failure(error)
    }
    try await sink(body)
  }

  mutating func failure(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }
}
