/// How long to wait before something that failed is tried again: each time twice as long, up to a bound.
struct Backoff: Sendable {
  /// The wait after the first failure.
  static let first = Duration.seconds(1)
  /// No wait is longer.
  static let longest = Duration.seconds(60)

  private var failures = 0
  /// When the wait ends; nil when there is none.
  private(set) var endsAt: Duration?

  /// Whether nothing has to be waited for.
  func isOver(at uptime: Duration) -> Bool { endsAt.map { $0 <= uptime } ?? true }

  /// It failed; returns the wait, shortened by up to a quarter.
  mutating func failed(at uptime: Duration, jitter: Double) -> Duration {
    // 2^6 is beyond the bound already, and a growing shift would overflow.
    let wait = min(Self.first * (1 << min(failures, 6)), Self.longest) * (1 - 0.25 * jitter)
    failures += 1
    endsAt = uptime + wait
    return wait
  }

  /// It succeeded.
  mutating func succeeded() { self = Backoff() }

  /// Somebody wants it tried now; a further failure still lengthens the wait.
  mutating func cutShort() { endsAt = nil }
}
