public import HTTPTypes

/// One whole answer.
public struct UpstreamResponse: Sendable {
  /// The status code of the final answer.
  public let status: Int
  /// The header fields of the final answer, in the order they came.
  public let fields: HTTPFields
  /// The body, decompressed.
  public let body: [UInt8]
  /// Where the time went.
  public let timing: UpstreamTiming
  /// The server's own certificate in PEM; nil unless the request wanted it and the connection was TLS.
  public let certificate: [UInt8]?
  /// What the body takes of the room for answers, as long as somebody holds the answer.
  private let share: AnswerRoom.Share?

  init(
    status: Int, fields: HTTPFields, body: [UInt8], timing: UpstreamTiming, certificate: [UInt8]? = nil,
    share: AnswerRoom.Share? = nil
  ) {
    self.status = status
    self.fields = fields
    self.body = body
    self.timing = timing
    self.certificate = certificate
    self.share = share
  }
}

/// Where a transfer's time went; every duration counts from the transfer's start.
public struct UpstreamTiming: Sendable, Equatable {
  /// Until TCP was connected; zero on a reused connection.
  public let connect: Duration
  /// Until TLS was agreed; zero on a reused connection and without TLS.
  public let tls: Duration
  /// Until the first byte of the answer came.
  public let firstByte: Duration
  /// Until the last byte of the answer came.
  public let total: Duration
  /// Whether the request went over a connection that was there already.
  public let reusedConnection: Bool
  /// Whether the answer came over HTTP/2.
  public let http2: Bool
}
