/// How one attempt at an exchange ended without an answer, as far as trying again is concerned.
public enum AttemptFailure: Equatable, Sendable {
  /// There was no connection to the router: nothing was sent.
  case unsent
  /// The connection broke after the request began to go out, before its answer was whole.
  case connection
  /// The router answered with this status instead of an envelope.
  ///
  /// `retryAfter` is its `Retry-After`, if it sent one that can be read.
  case status(Int, retryAfter: Duration?)
  /// Everything that another attempt cannot mend: an answer that is not authentic, a time-out, a local fault.
  case final
}
