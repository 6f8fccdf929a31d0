import Platform

/// Lets requests through to the router, so fast and in such order that no API key is punished and no caller starves.
///
/// A `PacingMachine` for each key decides; the pacer has the clock and those who wait.
public final class Pacer: Sendable {
  struct Lane {
    var machine: PacingMachine
    /// Wakes the machine when it wants to be.
    var alarm: Task<Void, Never>?

    mutating func change<Result>(_ news: (inout PacingMachine) -> Result) -> Result { news(&machine) }
  }

  struct Waiter {
    let key: KeyID
    let continuation: CheckedContinuation<Result<Admission, PacingRefusal>, Never>
  }

  struct State {
    var lanes: [KeyID: Lane] = [:]
    var waiters: [Int: Waiter] = [:]
    var lastNumber = 0
    var totals = PacingTotals()
  }

  /// Callers may bring keys of their own: no more are kept in mind at once.
  static let longestMemory = 1024

  let state = Locked(State())
  let policy: PacingPolicy
  let breaker: BreakerPolicy
  let clock: any Clock<Duration>
  let jitter: @Sendable () -> Double
  let onChange: @Sendable (KeyID, BreakerState) -> Void
  let uptime: @Sendable () -> Duration

  /// A pacer to which nothing has happened.
  ///
  /// - Parameters:
  ///   - clock: What is waited by and what the rate is measured with.
  ///   - jitter: A random number from 0 to 1 at each call.
  ///   - onChange: Called when a breaker changes, outside of all locks; must not block.
  public init(
    policy: PacingPolicy, breaker: BreakerPolicy = BreakerPolicy(),
    clock: any Clock<Duration> = ContinuousClock(),
    jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) },
    onChange: @escaping @Sendable (KeyID, BreakerState) -> Void = { _, _ in }
  ) {
    self.policy = policy
    self.breaker = breaker
    self.clock = clock
    self.jitter = jitter
    self.onChange = onChange
    uptime = clock.stopwatch()
  }

  /// What is going on under each key that was used lately.
  public var status: [KeyID: PacingStatus] {
    state.withLock { state in
      let now = uptime()
      return state.lanes.mapValues { $0.machine.status(at: now) }
    }
  }

  /// What has been decided so far.
  public var totals: PacingTotals { state.withLock { $0.totals } }

  /// How many wait, under all keys.
  public var waiting: Int { state.withLock { $0.waiters.count } }

  /// How many of one caller's wait, under all keys.
  public func waiting(of caller: CallerID) -> Int {
    state.withLock { state in state.lanes.values.reduce(0) { $0 + $1.machine.waiting(of: caller) } }
  }

  /// All keys together.
  public var overview: PacingOverview {
    state.withLock { state in
      let now = uptime()
      let lanes = state.lanes.values.map { $0.machine.status(at: now) }
      return PacingOverview(lanes, state.totals, at: now)
    }
  }
}
