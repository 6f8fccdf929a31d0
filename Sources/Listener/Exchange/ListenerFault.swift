public import HTTPTypes

/// What can go wrong with a request before, or without, the responder.
public enum ListenerFault: Error, Equatable {
  /// Not HTTP/1.1 as RFC 9112 has it, or a spelling of it that programs are known to disagree about.
  case malformed
  /// HTTP of another version than 1.0 and 1.1.
  case unsupportedVersion
  /// `CONNECT`.
  case unsupportedMethod
  /// A transfer coding other than `chunked`.
  case unsupportedTransferCoding
  /// An expectation other than `100-continue`.
  case unsupportedExpectation
  /// The request line and the fields are larger than this many bytes, or too numerous.
  case headersTooLarge(limit: Int)
  /// The body is larger than this many bytes.
  case bodyTooLarge(limit: Int)
  /// The head did not arrive in time.
  case headerTimeout
  /// The body stopped arriving.
  case bodyTimeout
  /// The bodies of all callers together would be larger than this many bytes.
  case tooManyBodies(limit: Int)
  /// More callers at once than this.
  case tooManyConnections(limit: Int)
  /// The server is going down and has given this request up.
  case shuttingDown
  /// The responder returned without an answer.
  case unanswered

  /// The status that fits (RFC 9110 section 15, RFC 6585 section 5).
  public var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .unsupportedVersion: .httpVersionNotSupported
    case .unsupportedMethod, .unsupportedTransferCoding: .notImplemented
    case .unsupportedExpectation: .expectationFailed
    case .headersTooLarge: .requestHeaderFieldsTooLarge
    case .bodyTooLarge: .contentTooLarge
    case .headerTimeout, .bodyTimeout: .requestTimeout
    case .tooManyBodies, .tooManyConnections, .shuttingDown: .serviceUnavailable
    case .unanswered: .internalServerError
    }
  }
}
