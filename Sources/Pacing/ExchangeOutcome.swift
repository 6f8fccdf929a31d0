/// How an exchange with the router ended, as far as the next ones are concerned.
public enum ExchangeOutcome: Equatable, Sendable {
  /// The router answered in a way that says nothing against this key or the router, whatever it thinks of the
  /// request.
  case answered
  /// The router could not be reached, or the connection broke before its answer was whole.
  case unreachable
  /// It does not know the key (401).
  case unauthorized
  /// It was too much (429), with its `Retry-After`.
  case rateLimited(retryAfter: Duration?)
  /// It cannot serve now (503), with its `Retry-After`.
  case unavailable(retryAfter: Duration?)
  /// Nobody knows: the exchange was given up before its end, or failed for a reason of our own.
  case abandoned

  /// The outcome of an exchange that the router answered.
  ///
  /// - Parameters:
  ///   - status: Its status.
  ///   - retryAfter: Its `Retry-After`, if it sent one that can be read.
  ///   - isMaximumTier: Whether the tier was `maximum`, whose 503 means that the hardware is missing, unless it
  ///     comes with the long `Retry-After` of a cool-down.
  public init(status: Int, retryAfter: Duration?, isMaximumTier: Bool) {
    switch status {
    case 401: self = .unauthorized
    case 429: self = .rateLimited(retryAfter: retryAfter)
    case 503 where isMaximumTier && (retryAfter ?? .zero) <= RetryMachine.longestRetryAfter: self = .abandoned
    case 503: self = .unavailable(retryAfter: retryAfter)
    default: self = .answered
    }
  }

  /// Whether the router has seen the request.
  var isFromRouter: Bool { self != .unreachable && self != .abandoned }
}
