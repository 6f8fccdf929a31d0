/// Decides whether an exchange is tried again, and after how long (PROTOCOL.md section 5, "Advice for a proxy").
///
/// A value without clock or randomness: what happened and the time left come in, a decision goes out.
public struct RetryMachine: Sendable {
  /// What to do after a failed attempt.
  public enum Decision: Equatable, Sendable {
    /// Wait, seal anew, send again.
    case retry(after: Duration)
    /// Answer the caller with the failure.
    case giveUp
  }

  /// The wait before the second attempt when the router names none; doubled for each further one.
  public static let firstBackoff = Duration.milliseconds(500)
  /// No wait that the proxy chooses itself is longer.
  public static let longestBackoff = Duration.seconds(8)
  /// A router that asks for more patience than this is answered to the caller, whose tool can show it.
  public static let longestRetryAfter = Duration.seconds(30)

  private let limit: Int
  private let isMaximumTier: Bool
  private var serverErrors = 0
  private var unavailabilities = 0

  /// How many retries were decided so far.
  public private(set) var retries = 0

  /// A machine for one exchange.
  ///
  /// - Parameters:
  ///   - limit: At most this many retries.
  ///   - isMaximumTier: Whether the tier is `maximum`, whose 503 means that the hardware is missing.
  public init(limit: Int, isMaximumTier: Bool) {
    self.limit = limit
    self.isMaximumTier = isMaximumTier
  }

  /// An attempt has failed.
  ///
  /// - Parameters:
  ///   - failure: How.
  ///   - timeLeft: Until the exchange's deadline. A wait that would pass it is not begun.
  ///   - jitter: A random number from 0 to 1; spreads the waits over 75 to 125 % so that callers do not march in step.
  public mutating func attemptFailed(
    _ failure: AttemptFailure, timeLeft: Duration, jitter: Double
  ) -> Decision {
    guard retries < limit, mayHelp(failure) else { return .giveUp }
    let wait = wait(after: failure, jitter: jitter)
    guard let wait, wait < timeLeft else { return .giveUp }
    count(failure)
    retries += 1
    return .retry(after: wait)
  }

  private func mayHelp(_ failure: AttemptFailure) -> Bool {
    switch failure {
    case .connection: true
    case .status(429, _), .status(502, _), .status(504, _): true
    // One repetition tells a passing fault from a lasting one; more would only add load.
    case .status(500, _): serverErrors == 0
    case .status(503, _): unavailabilities == 0 && !isMaximumTier
    case .status, .final: false
    }
  }

  private mutating func count(_ failure: AttemptFailure) {
    switch failure {
    case .status(500, _): serverErrors += 1
    case .status(503, _): unavailabilities += 1
    case .connection, .status, .final: break
    }
  }

  private func wait(after failure: AttemptFailure, jitter: Double) -> Duration? {
    if case .status(_, let asked?) = failure, asked >= Self.firstBackoff {
      return asked <= Self.longestRetryAfter ? asked : nil
    }
    let doubled = Self.firstBackoff * (1 << min(retries, 10))
    return min(doubled, Self.longestBackoff) * (0.75 + 0.5 * jitter)
  }
}
