/// Decides which request is let through to the router when, under one API key.
///
/// A value without clock, threads or randomness of its own: what happened and when (an uptime) comes in, what to do
/// goes out, to be done in that order. The rate limit says how fast, the breaker whether at all, the lines who is
/// next.
struct PacingMachine: Sendable {
  /// What is to be done.
  enum Action: Equatable, Sendable {
    /// Let a request through.
    case admit(Int)
    /// Tell a request that it is not let through.
    case refuse(Int, PacingRefusal)
    /// Call `timePassed` then, and no longer at an earlier wish; nil: nobody waits for time.
    case wake(at: Duration?)
    /// Tell what the breaker has become.
    case breaker(BreakerState)
  }

  /// No refusal asks to come back sooner.
  static let shortestRetryAfter = Duration.seconds(1)
  /// The pause after a 429 that does not ask for one; doubled for each further in a row.
  static let firstPause = Duration.seconds(1)
  /// No pause of our own choice is longer.
  static let longestPause = Duration.seconds(30)
  /// No pause is longer, whatever a router asks: as long as its cool-down (PROTOCOL.md section 5).
  static let longestAskedPause = Duration.seconds(1800)

  /// Woken later than this, the machine has slept: the time has passed for nobody.
  static let longestLateness = Duration.seconds(5)

  private let policy: PacingPolicy
  private let suspicion: Duration
  private let jitter: @Sendable () -> Double

  private var rate: RateLimit
  private var breaker: BreakerMachine
  private var lines: CallerLines
  /// Let through and not ended, with the number of its admission.
  private var inFlight: [Int: Int] = [:]
  private var admissions = 0
  private var pauseEnds: Duration?
  private var pauses = 0
  /// A 429 to one of the first so many admissions has been answered by a pause already.
  private var pausedAdmissions = 0
  private var wake: Duration?
  /// When anything happened last.
  private var lastHeard = Duration.zero

  /// A machine to which nothing has happened.
  ///
  /// - Parameter jitter: A random number from 0 to 1 at each call.
  init(policy: PacingPolicy, breaker: BreakerPolicy, jitter: @escaping @Sendable () -> Double) {
    self.policy = policy
    self.jitter = jitter
    suspicion = breaker.suspicion
    rate = RateLimit(policy)
    self.breaker = BreakerMachine(breaker)
    lines = CallerLines(capacity: policy.queue)
  }
}

// MARK: - What happens

extension PacingMachine {
  /// A request wants to be sent.
  ///
  /// Its number is positive and new.
  mutating func arrived(
    _ request: Int, of caller: CallerID, deadline: Duration, at now: Duration
  ) -> [Action] {
    perform(at: now) { machine, actions in
      // Whoever is due goes first: their places are free then.
      machine.serve(at: now, &actions)
      let due = min(deadline, now + machine.policy.maxWait)
      let place = CallerLines.Place(request: request, caller: caller, deadline: deadline, due: due)
      if let refusal = machine.refusal(for: place, at: now) {
        actions.append(.refuse(request, refusal))
      } else {
        machine.lines.append(place)
      }
    }
  }

  /// Whether a request that came now would be let through at once.
  func letsPass(at now: Duration) -> Bool {
    var present = self
    present.breaker.timePassed(at: now)
    return present.lines.isEmpty && present.opening(at: now) == .now
  }

  /// A request came for which `letsPass` held, and was let through; its number is positive and new.
  mutating func passed(_ request: Int, at now: Duration) -> [Action] {
    perform(at: now) { machine, _ in machine.letThrough(request, at: now) }
  }

  /// How long a request that was let through may try for a connection, where it is less than usual.
  func connectLimit(of request: Int) -> Duration? { breaker.connectLimit(of: request) }

  /// A request waits no longer: it was cancelled.
  mutating func left(_ request: Int, at now: Duration) -> [Action] {
    perform(at: now) { machine, _ in machine.lines.remove(request) }
  }

  /// A request goes out.
  mutating func sent(_ request: Int, at now: Duration) -> [Action] {
    guard inFlight[request] != nil else { return [] }
    return perform(at: now) { machine, _ in
      machine.rate.sent(request, at: now)
      machine.breaker.sent(request, at: now)
    }
  }

  /// An exchange ended; the first word on it counts.
  mutating func ended(_ request: Int, _ outcome: ExchangeOutcome, at now: Duration) -> [Action] {
    guard let admission = inFlight.removeValue(forKey: request) else { return [] }
    return perform(at: now) { machine, _ in
      // What was answered was sent, told or not.
      if outcome.isFromRouter { machine.rate.sent(request, at: now) }
      machine.rate.ended(request)
      let isStrained = machine.rate.lastStrain.map { now < $0 + machine.suspicion } ?? false
      machine.breaker.ended(request, outcome, at: now, isStrained: isStrained, jitter: machine.jitter())
      switch outcome {
      case .answered: machine.pauses = 0
      case .rateLimited(let asked): machine.pause(asked, admission: admission, at: now)
      case .unreachable, .unauthorized, .unavailable, .abandoned: break
      }
    }
  }

  /// Time has passed, or the machine woke up.
  mutating func timePassed(at now: Duration) -> [Action] { perform(at: now) { _, _ in } }
}

// MARK: - What is to be told

extension PacingMachine {
  /// What is going on.
  func status(at now: Duration) -> PacingStatus {
    PacingStatus(
      waiting: lines.count, callers: lines.callerCount, inFlight: inFlight.count, breaker: breaker.state,
      pause: pauseEnds.flatMap { now < $0 ? $0 - now : nil })
  }

  /// How many of one caller's requests wait.
  func waiting(of caller: CallerID) -> Int { lines.count(of: caller) }

  /// Whether a new machine would do as well from now on.
  func isFresh(at now: Duration) -> Bool {
    isIdle && breaker.isForgettable(at: now) && rate.isFresh(at: now)
      && (pauseEnds ?? .zero) <= now
  }

  /// Whether nobody waits here and nothing is on its way.
  var isIdle: Bool { lines.isEmpty && inFlight.isEmpty }

  /// Whether the router does not know the key.
  var isRefused: Bool { breaker.state.cause == .unauthorized }
}

// MARK: - What follows

extension PacingMachine {
  /// Takes notice of something, does everything that is possible then, and tells what has changed.
  private mutating func perform(
    at now: Duration, _ notice: (inout PacingMachine, inout [Action]) -> Void
  ) -> [Action] {
    var actions: [Action] = []
    let before = breaker.state
    if let wake, now - wake > Self.longestLateness { lines.postpone(by: now - lastHeard) }
    lastHeard = now
    breaker.timePassed(at: now)
    notice(&self, &actions)
    serve(at: now, &actions)
    if breaker.state != before { actions.append(.breaker(breaker.state)) }
    // A wish that is past has been fulfilled.
    if let wake, wake <= now { self.wake = nil }
    let next = nextWake(at: now)
    if next != wake { actions.append(.wake(at: next)) }
    wake = next
    return actions
  }

  /// Refuses whose time is over and lets through who may go.
  private mutating func serve(at now: Duration, _ actions: inout [Action]) {
    refuse(at: now, &actions) { $0.due <= now }
    while let place = lines.next, opening(at: now) == .now {
      lines.removeNext()
      letThrough(place.request, at: now)
      actions.append(.admit(place.request))
    }
    switch breaker.gate(at: now) {
    case .refuse(let cause, let wait):
      refuseAll(PacingRefusal(.breaker(cause), retryAfter: atLeastShortest(wait)), &actions)
    case .open, .probe, .hold:
      // A pause that outlasts somebody's patience is told at once.
      if let pauseEnds, now < pauseEnds { refuse(at: now, &actions) { $0.due <= pauseEnds } }
    }
  }

  private mutating func letThrough(_ request: Int, at now: Duration) {
    admissions += 1
    inFlight[request] = admissions
    rate.admitted(request, at: now)
    breaker.admitted(request, at: now)
  }

  /// When the next request may go, as far as the rate, the breaker and the router's wishes are concerned.
  private enum Opening: Equatable {
    case now
    case at(Duration)
    /// Something has to happen first.
    case unknown
  }

  private func opening(at now: Duration) -> Opening {
    var opens = pauseEnds.map { max($0, now) } ?? now
    switch breaker.gate(at: now) {
    case .open, .probe: break
    case .hold(let until?): opens = max(opens, until)
    case .hold(nil), .refuse: return .unknown
    }
    guard let slot = rate.nextSlot(at: now) else { return .unknown }
    opens = max(opens, slot)
    return opens <= now ? .now : .at(opens)
  }

  private func nextWake(at now: Duration) -> Duration? {
    guard let due = lines.earliestDue else { return nil }
    if case .at(let opens) = opening(at: now) { return min(opens, due) }
    return due
  }

  private mutating func pause(_ asked: Duration?, admission: Int, at now: Duration) {
    rate.exceeded(at: now)
    if admission > pausedAdmissions { pauses += 1 }
    pausedAdmissions = admissions
    // 2^5 s is beyond the bound already.
    let chosen = min(Self.firstPause * (1 << min(max(pauses - 1, 0), 5)), Self.longestPause)
    let pause = min(max(asked ?? chosen, .zero), Self.longestAskedPause)
    pauseEnds = max(pauseEnds ?? .zero, now + pause)
  }
}

// MARK: - Refusals

extension PacingMachine {
  /// Why a request that has just come is not even put into a line.
  private func refusal(for place: CallerLines.Place, at now: Duration) -> PacingRefusal? {
    if place.deadline <= now {
      return PacingRefusal(.deadlinePassed, retryAfter: Self.shortestRetryAfter)
    }
    if case .refuse(let cause, let wait) = breaker.gate(at: now) {
      return PacingRefusal(.breaker(cause), retryAfter: atLeastShortest(wait))
    }
    if lines.isEmpty, opening(at: now) == .now { return nil }
    if lines.isFull(for: place.caller) {
      return PacingRefusal(.queueFull, retryAfter: atLeastShortest(expectedTurn(after: 0, at: now) - now))
    }
    let turn = expectedTurn(after: lines.countAhead(of: place.caller), at: now)
    guard turn >= place.due else { return nil }
    let pause = pauseEnds.map { $0 - now } ?? .zero
    let reason: PacingRefusal.Reason
    if let cause = holdingCause(at: now) {
      reason = .breaker(cause)
    } else if place.due <= now + pause {
      reason = .paused
    } else {
      reason = place.due == place.deadline ? .deadlinePassed : .waitTooLong
    }
    return PacingRefusal(reason, retryAfter: atLeastShortest(max(turn - place.due, pause)))
  }

  /// When somebody with so many ahead is let through, if nothing unforeseen happens.
  private func expectedTurn(after ahead: Int, at now: Duration) -> Duration {
    var start = max(pauseEnds ?? now, now)
    if case .hold(let until?) = breaker.gate(at: now) { start = max(start, until) }
    return rate.forecast(ahead + 1, from: start)
  }

  /// Refuses those in the lines for whom something holds, each for the reason that is theirs.
  private mutating func refuse(
    at now: Duration, _ actions: inout [Action], where isOver: (CallerLines.Place) -> Bool
  ) {
    let removed = lines.removeAll(where: isOver)
    guard !removed.isEmpty else { return }
    let pause = pauseEnds.map { $0 - now } ?? .zero
    let wait = max(expectedTurn(after: lines.count, at: now) - now - policy.maxWait, pause)
    actions += removed.map { place in
      let reason: PacingRefusal.Reason =
        if now < place.due {
          .paused
        } else if place.deadline <= now {
          .deadlinePassed
        } else {
          holdingCause(at: now).map(PacingRefusal.Reason.breaker) ?? .waitTooLong
        }
      return .refuse(place.request, PacingRefusal(reason, retryAfter: atLeastShortest(wait)))
    }
  }

  /// Why those in the lines wait, where it is not for the rate.
  private func holdingCause(at now: Duration) -> BreakerCause? {
    if case .hold = breaker.gate(at: now) { return breaker.state.cause }
    return nil
  }

  private mutating func refuseAll(_ refusal: PacingRefusal, _ actions: inout [Action]) {
    actions += lines.removeAll { _ in true }.map { .refuse($0.request, refusal) }
  }

  private func atLeastShortest(_ wait: Duration) -> Duration { max(wait, Self.shortestRetryAfter) }
}
