/// One way of speaking chat over HTTP: reads requests into the canonical exchange and says how its answers are written.
///
/// The canonical exchange is OpenAI's chat completion, because that is what the router takes and gives. A dialect's value
/// belongs to one request, so it may hold what is known of that request beside its body.
public protocol Dialect: Sendable {
  /// Reads a request body.
  func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest

  /// The body of an error.
  func encode(_ fault: APIFault) -> [UInt8]
}

/// A request that was understood.
public struct DecodedRequest: Sendable {
  /// What the router is asked: one exchange, or one for each prompt of a list.
  public let chats: [ChatRequest]
  /// Whether the caller wants its answer in pieces.
  public let isStream: Bool
  /// How the answer is written.
  public let encoder: any AnswerEncoder

  /// A request that is one exchange.
  public init(_ chat: ChatRequest, isStream: Bool, encoder: any AnswerEncoder) {
    self.init([chat], isStream: isStream, encoder: encoder)
  }

  /// A request that is one exchange for each of `chats`, of which there is at least one; all ask the same model.
  public init(_ chats: [ChatRequest], isStream: Bool, encoder: any AnswerEncoder) {
    precondition(!chats.isEmpty, "a request asks something")
    self.chats = chats
    self.isStream = isStream
    self.encoder = encoder
  }
}

/// Writes the answer to one request in its dialect.
public protocol AnswerEncoder: Sendable {
  /// The body of a whole answer.
  ///
  /// - Throws: where the dialect has no words for this answer.
  func encode(_ answer: ChatAnswer, at time: AnswerTime) throws(APIFault) -> [UInt8]

  /// A writer for one streamed answer.
  ///
  /// - Parameter now: Seconds since 1970.
  func stream(at now: Int) -> any AnswerStream
}

/// Writes one answer in pieces: events, or lines.
///
/// The router answers whole, so the pieces are a replay; what a caller sees early is the opening and the heartbeats.
public protocol AnswerStream: Sendable {
  /// The media type of the stream.
  var contentType: String { get }

  /// What can be said before the answer is known.
  mutating func opening() -> [UInt8]

  /// Keeps connections and watchdogs alive while the answer is awaited; only after `opening`.
  mutating func heartbeat() -> [UInt8]

  /// Why this answer cannot be written, known before a byte of it is: a caller who was told nothing yet gets the fault as
  /// a status then.
  ///
  /// Nil, which is also the default, where it can.
  func refusal(of answer: ChatAnswer) -> APIFault?

  /// Writes the answer to `sink` in pieces of bounded size, each of them whole events. Says the opening too if that was
  /// not said yet. A sink that waits holds the writer back, so a slow reader costs no memory but the answer's own.
  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, at time: AnswerTime, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure)

  /// The end of a stream whose answer did not come. Never looks like a good end.
  mutating func failure(_ fault: APIFault) -> [UInt8]
}

extension AnswerStream {
  /// Most dialects have words for every answer.
  public func refusal(of _: ChatAnswer) -> APIFault? { nil }
}

/// When an answer was there.
public struct AnswerTime: Sendable, Equatable {
  /// Seconds since 1970.
  public let seconds: Int
  /// How long it took, from the request's arrival on.
  public let elapsed: Duration

  /// A time with both its parts.
  public init(seconds: Int, elapsed: Duration) {
    self.seconds = seconds
    self.elapsed = elapsed
  }
}
