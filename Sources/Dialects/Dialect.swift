/// One way of speaking chat over HTTP: decodes requests to the canonical exchange and encodes its answers.
public protocol Dialect: Sendable {
  /// Reads a request body.
  func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> ChatRequest

  /// The body of a whole answer.
  func encode(_ answer: ChatAnswer, for request: ChatRequest) -> [UInt8]

  /// A writer for one streamed answer. `now` is in seconds since 1970.
  func stream(for request: ChatRequest, at now: Int) -> any AnswerStream

  /// The body of an error.
  func encode(_ fault: APIFault) -> [UInt8]
}

/// Writes one answer as events.
///
/// The router answers whole, so the events are a replay; what a caller sees early is the opening and the
/// heartbeats.
public protocol AnswerStream: Sendable {
  /// The media type of the stream.
  var contentType: String { get }

  /// What can be said before the answer is known.
  mutating func opening() -> [UInt8]

  /// Keeps connections and watchdogs alive while the answer is awaited; only after `opening`.
  func heartbeat() -> [UInt8]

  /// Writes the answer to `sink` in pieces of bounded size, each of them whole events. Says the opening too if that was
  /// not said yet. A sink that waits holds the writer back, so a slow reader costs no memory but the answer's own.
  mutating func write<Failure: Error>(
    _ answer: ChatAnswer, to sink: ([UInt8]) async throws(Failure) -> Void
  ) async throws(Failure)

  /// The end of a stream whose answer did not come. Never looks like a good end.
  func failure(_ fault: APIFault) -> [UInt8]
}

/// What the configuration says about requests, whatever their dialect.
public struct RequestPolicy: Sendable {
  /// Which members that identify somebody are taken out before sealing.
  public enum StripIdentifiers: String, Sendable, CaseIterable {
    /// None.
    case none
    /// Those that identify an account or a session.
    case account
    /// `user` as well.
    case all
  }

  /// Which identifying members go.
  public var stripIdentifiers: StripIdentifiers
  /// Local model names and the router's.
  public var aliases: [String: String]

  /// A policy.
  public init(stripIdentifiers: StripIdentifiers = .account, aliases: [String: String] = [:]) {
    self.stripIdentifiers = stripIdentifiers
    self.aliases = aliases
  }
}
