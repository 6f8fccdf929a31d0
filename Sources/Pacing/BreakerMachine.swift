/// Decides whether anything is sent under a key, by how the last exchanges ended.
///
/// A value without clock or randomness. While it is open nothing is sent; then a single request, the probe, shows
/// whether it closes. Exchanges that were on their way already when it opened do not close it, nor do they lengthen
/// the pause; they can only show that the cause is a graver one.
struct BreakerMachine: Sendable {
  /// What another request may do.
  enum Gate: Equatable, Sendable {
    /// Go.
    case open
    /// Go, alone.
    case probe
    /// Wait, until then as far as is known.
    case hold(until: Duration?)
    /// Not even wait.
    case refuse(BreakerCause, retryAfter: Duration)
  }

  private enum Phase: Sendable {
    case closed
    case open(until: Duration)
    case probing(request: Int, since: Duration, sentAt: Duration?)
  }

  private let policy: BreakerPolicy
  private var phase = Phase.closed
  /// Why it is not closed; meaningless while it is.
  private var cause = BreakerCause.unreachable
  /// Failures in a row.
  private var failures = 0
  /// Pauses of the same cause in a row.
  private var pauses = 0
  /// How long the latest pause is.
  private var pause = Duration.zero
  /// Probes since it was closed.
  private var probes = 0
  /// When it opened for this cause.
  private var openedAt = Duration.zero

  init(_ policy: BreakerPolicy) { self.policy = policy }

  /// What is to be shown.
  var state: BreakerState {
    switch phase {
    case .closed: .closed
    case .open(let until): .open(cause, until: until)
    case .probing: .halfOpen(cause)
    }
  }

  /// What another request may do, once `timePassed` has been told.
  func gate(at now: Duration) -> Gate {
    switch phase {
    case .closed:
      return .open
    case .open(let until) where until <= now:
      return .probe
    case .open(let until):
      return isPatient(at: now) ? .hold(until: until) : .refuse(cause, retryAfter: until - now)
    case .probing(_, let since, nil) where since + policy.probePatience <= now:
      return .probe
    case .probing(_, let since, let sentAt):
      if isTransient, !isPatient(at: now) { return .refuse(cause, retryAfter: proof) }
      return .hold(until: sentAt.map { $0 + proof } ?? since + policy.probePatience)
    }
  }

  /// Whether the cause is one that often passes within seconds.
  private var isTransient: Bool { cause == .unreachable || cause == .unavailable }

  private var proof: Duration { cause == .unreachable ? policy.connectionProof : policy.proof }

  private func isPatient(at now: Duration) -> Bool { isTransient && now < openedAt + policy.patience }
}

// MARK: - What happens

extension BreakerMachine {
  /// Time has passed.
  mutating func timePassed(at now: Duration) {
    if case .probing(_, _, let sentAt?) = phase, sentAt + proof <= now { close() }
  }

  /// A request was let through.
  mutating func admitted(_ request: Int, at now: Duration) {
    switch phase {
    case .closed: break
    case .open, .probing:
      phase = .probing(request: request, since: now, sentAt: nil)
      probes += 1
    }
  }

  /// How long a request may try for a connection, where it is less than others may.
  func connectLimit(of request: Int) -> Duration? {
    guard cause == .unreachable, isProbe(request) else { return nil }
    return probes.isMultiple(of: policy.probesPerPatientOne) ? nil : policy.quickProbe
  }

  /// A request goes out: there is a connection.
  mutating func sent(_ request: Int, at now: Duration) {
    guard case .probing(request, let since, _) = phase else { return }
    phase = .probing(request: request, since: since, sentAt: now)
  }

  /// An exchange ended.
  ///
  /// - Parameters:
  ///   - isStrained: Whether the router had reason of late to find that we send much.
  ///   - jitter: From 0 to 1; shortens pauses by up to a quarter.
  mutating func ended(
    _ request: Int, _ outcome: ExchangeOutcome, at now: Duration, isStrained: Bool, jitter: Double
  ) {
    switch outcome {
    case .answered, .rateLimited:
      if isProbe(request) { close() }
      if case .closed = phase { failures = 0 }
    case .abandoned:
      // What was sent may have been seen, and another probe at once would be one too many.
      if case .probing(request, _, let sentAt) = phase {
        phase = .open(until: now + (sentAt == nil ? .zero : pause))
      }
    case .unauthorized:
      open(.unauthorized, until: now + policy.unauthorizedPause, by: request, at: now)
    case .unavailable(let asked?) where asked > policy.longestUsualRetryAfter:
      open(.coolDown, until: now + min(asked, policy.longestCoolDown), by: request, at: now)
    case .unavailable(nil) where isProbe(request) && cause == .coolDown:
      presumeCoolDown(by: request, at: now)
    case .unavailable(nil) where isStrained && failures + 1 >= policy.unavailableLimit:
      // One alone may be about its own model; while others are answered there is no cool-down.
      presumeCoolDown(by: request, at: now)
    case .unavailable(let asked):
      failed(.unavailable, policy.unavailableLimit, atLeast: asked, by: request, at: now, jitter: jitter)
    case .unreachable:
      failed(.unreachable, policy.unreachableLimit, atLeast: nil, by: request, at: now, jitter: jitter)
    }
  }
}

// MARK: - What follows

extension BreakerMachine {
  private func isProbe(_ request: Int) -> Bool {
    if case .probing(request, _, _) = phase { return true }
    return false
  }

  private mutating func close() { self = BreakerMachine(policy) }

  /// Opens, unless it is open for a cause that is as grave, and this was not the probe.
  private mutating func open(
    _ cause: BreakerCause, until: Duration, by request: Int, at now: Duration
  ) {
    if case .closed = phase {
      openedAt = now
    } else {
      guard isProbe(request) || cause.gravity > self.cause.gravity else { return }
      // Two causes that pass quickly are one time without the router.
      if !isTransient || cause.gravity > 0 { openedAt = now }
    }
    pauses = isOpen && cause == self.cause ? pauses + 1 : 1
    self.cause = cause
    pause = until - now
    phase = .open(until: until)
  }

  private var isOpen: Bool { state != .closed }

  /// Whether it is closed, or has been ready for a probe for so long that nobody seems to come.
  func isForgettable(at now: Duration) -> Bool {
    switch phase {
    case .closed: true
    case .open(let until): until + policy.memory <= now
    case .probing: false
    }
  }

  private mutating func presumeCoolDown(by request: Int, at now: Duration) {
    let doubled = policy.firstCoolDownProbe * (1 << doublings(of: .coolDown))
    open(.coolDown, until: now + min(doubled, policy.longestCoolDownProbe), by: request, at: now)
  }

  private mutating func failed(
    _ cause: BreakerCause, _ limit: Int, atLeast asked: Duration?, by request: Int, at now: Duration,
    jitter: Double
  ) {
    failures += 1
    if !isOpen, failures < limit { return }
    if isProbe(request), self.cause == .coolDown, cause == .unreachable {
      // Nothing was learnt about the cool-down, and nothing was sent into it.
      phase = .open(until: now + policy.longestPause)
      return
    }
    let longest = cause == .unavailable ? policy.longestUnavailablePause : policy.longestPause
    let doubled = min(policy.firstPause * (1 << doublings(of: cause)), longest)
    let pause = max(doubled * (1 - 0.25 * jitter), asked ?? .zero)
    open(cause, until: now + pause, by: request, at: now)
  }

  /// How often the pause has been doubled by now; 2^10 is beyond every bound, and a growing shift would overflow.
  private func doublings(of cause: BreakerCause) -> Int {
    isOpen && cause == self.cause ? min(pauses, 10) : 0
  }
}

extension BreakerCause {
  /// Which cause outlasts which.
  fileprivate var gravity: Int {
    switch self {
    case .unreachable, .unavailable: 0
    case .unauthorized: 1
    case .coolDown: 2
    }
  }
}
