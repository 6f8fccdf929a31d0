/// The time by which the router's key is looked at; tests have one of their own.
public struct LookClock: Sendable {
  /// The time now.
  public let now: @Sendable () -> ContinuousClock.Instant
  /// Returns after so long.
  public let sleep: @Sendable (Duration) async throws -> Void

  /// A clock.
  public init(
    now: @escaping @Sendable () -> ContinuousClock.Instant,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The system's clock that goes on while the machine sleeps.
  public static let continuous = LookClock(now: { .now }, sleep: { try await Task.sleep(for: $0) })
}
