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
  /// The same while there is no connection: nothing was sent, so nobody is burdened.
  public static let firstUnsentBackoff = Duration.milliseconds(100)
  /// No wait for a connection is longer: with the breaker's it bounds how long after the router's return it is
  /// noticed.
  public static let longestUnsentBackoff = Duration.milliseconds(400)
  /// No wait that the proxy chooses itself is longer.
  public static let longestBackoff = Duration.seconds(8)
  /// A router that asks for more patience than this is answered to the caller, whose tool can show it.
  public static let longestRetryAfter = Duration.seconds(30)

  private let limit: Int
  private let isMaximumTier: Bool
  private let patience: Duration
  /// When the first of the latest attempts that sent nothing failed, and how many have.
  private var unsentSince: Duration?
  private var unsent = 0
  private var serverErrors = 0
  private var unavailabilities = 0

  /// How many retries were decided so far; attempts that sent nothing are no part of it.
  public private(set) var retries = 0
  /// Whether there was more than one attempt.
  public private(set) var hasTriedAgain = false

  /// A machine for one exchange.
  ///
  /// - Parameters:
  ///   - limit: At most this many retries.
  ///   - isMaximumTier: Whether the tier is `maximum`, whose 503 means that the hardware is missing.
  ///   - patience: For so long a connection is tried for; none of these attempts counts, because nothing was sent. A
  ///     router that is started again, or a network that changes, is back within seconds.
  public init(limit: Int, isMaximumTier: Bool, patience: Duration = BreakerPolicy().patience) {
    self.limit = limit
    self.isMaximumTier = isMaximumTier
    self.patience = patience
  }

  /// An attempt has failed.
  ///
  /// - Parameters:
  ///   - failure: How.
  ///   - now: Since the exchange began.
  ///   - timeLeft: Until the exchange's deadline. A wait that would pass it is not begun.
  ///   - jitter: A random number from 0 to 1; spreads the waits over 75 to 125 % so that callers do not march in step.
  public mutating func attemptFailed(
    _ failure: AttemptFailure, at now: Duration, timeLeft: Duration, jitter: Double
  ) -> Decision {
    guard mayHelp(failure, at: now) else { return .giveUp }
    let wait = wait(after: failure, jitter: jitter)
    guard let wait, wait < timeLeft else { return .giveUp }
    count(failure, at: now)
    hasTriedAgain = true
    return .retry(after: wait)
  }

  private func mayHelp(_ failure: AttemptFailure, at now: Duration) -> Bool {
    switch failure {
    case .unsent: limit > 0 && now - (unsentSince ?? now) < patience
    case _ where retries >= limit: false
    case .connection: true
    case .status(429, _), .status(502, _), .status(504, _): true
    // One repetition tells a passing fault from a lasting one; more would only add load.
    case .status(500, _): serverErrors == 0
    case .status(503, _): unavailabilities == 0 && !isMaximumTier
    case .status, .final: false
    }
  }

  private mutating func count(_ failure: AttemptFailure, at now: Duration) {
    if failure == .unsent {
      unsentSince = unsentSince ?? now
      unsent += 1
      return
    }
    (unsentSince, unsent) = (nil, 0)
    retries += 1
    switch failure {
    case .status(500, _): serverErrors += 1
    case .status(503, _): unavailabilities += 1
    case .unsent, .connection, .status, .final: break
    }
  }

  private func wait(after failure: AttemptFailure, jitter: Double) -> Duration? {
    if case .status(_, let asked?) = failure, asked >= Self.firstBackoff {
      return asked <= Self.longestRetryAfter ? asked : nil
    }
    let spread = 0.75 + 0.5 * jitter
    if failure == .unsent {
      return min(Self.firstUnsentBackoff * (1 << min(unsent, 10)), Self.longestUnsentBackoff) * spread
    }
    return min(Self.firstBackoff * (1 << min(retries, 10)), Self.longestBackoff) * spread
  }
}
