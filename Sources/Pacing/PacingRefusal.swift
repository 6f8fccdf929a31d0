/// Why a request was not let through to the router.
public struct PacingRefusal: Error, Equatable, Sendable {
  /// What stood in the way.
  public enum Reason: Hashable, Sendable {
    /// Every place in the queue is taken.
    case queueFull
    /// The wait would be, or was, longer than allowed.
    case waitTooLong
    /// The caller's own time is over.
    case deadlinePassed
    /// The router asked for a pause that is longer than the request may wait.
    case paused
    /// The breaker is open.
    case breaker(BreakerCause)
    /// The one who waited was cancelled.
    case cancelled
  }

  /// What stood in the way.
  public let reason: Reason
  /// It is worth trying again after so long; zero when nobody is there to hear it.
  public let retryAfter: Duration

  /// A refusal.
  public init(_ reason: Reason, retryAfter: Duration) {
    self.reason = reason
    self.retryAfter = retryAfter
  }
}
