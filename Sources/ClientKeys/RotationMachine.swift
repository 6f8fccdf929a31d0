/// Decides when pairs are made and stored, which generation is announced, and who gets it.
///
/// A value without clock, threads or keys: what happened and when comes in, what to do goes out, to be done in
/// that order. The pairs themselves are with the one who acts; the machine counts them.
///
/// Age is measured twice, and the earlier end counts: by the wall clock, so that setting it forward or a suspended
/// machine cannot hide it, and by uptime, so that setting the wall clock back cannot prolong it.
struct RotationMachine: Sendable {
  /// What is between the pool and the current place while pairs are stored.
  private enum Candidate { case none, saving, unsaved }

  let policy: RotationPolicy
  private let isStored: Bool
  private let makers: Int
  private let jitter: @Sendable () -> Double

  /// The generation that the next request gets; nil before the first and while every pair is used up.
  private(set) var current: Current?
  private(set) var lastNumber = 0
  /// Pairs that were made and not used.
  private(set) var pool = 0
  /// Requests without a pair, in the order of their arrival.
  private(set) var waiting: [Int] = []

  private var candidate = Candidate.none
  private var makingAhead = false
  private var makingNow = 0
  private(set) var makeBackoff = Backoff()
  private(set) var saveBackoff = Backoff()
  private var isDemanded = false
  private var isRunning = false
  /// Whether no more pairs are made.
  private(set) var isStopped = false

  /// A machine to which nothing has happened.
  ///
  /// - Parameters:
  ///   - policy: When to rotate.
  ///   - isStored: Whether a pair is stored before it is announced.
  ///   - makers: How many pairs at most are made at once while they are needed.
  ///   - jitter: A random number from 0 to 1 at each call.
  init(policy: RotationPolicy, isStored: Bool, makers: Int, jitter: @escaping @Sendable () -> Double) {
    self.policy = policy
    self.isStored = isStored
    self.makers = max(1, makers)
    self.jitter = jitter
  }
}

// MARK: - What happens

extension RotationMachine {
  /// The worker has begun: from now on pairs are made ahead.
  mutating func started(at now: Moment) -> [Action] {
    isRunning = true
    return settle(at: now)
  }

  /// Time has passed, or the machine woke up.
  mutating func timePassed(at now: Moment) -> [Action] { settle(at: now) }

  /// A request wants a generation, and waits when there is none.
  ///
  /// For the first one as well, since callers come as soon as somebody listens; only while it cannot be had, they are told so.
  mutating func announcementWanted(by request: Int, at now: Moment) -> [Action] {
    guard !isFirstFailing(at: now.uptime) else { return [.refuse(request: request, .notReady)] }
    waiting.append(request)
    return settle(at: now)
  }

  /// A request waits no longer.
  mutating func requestLeft(_ request: Int, at now: Moment) -> [Action] {
    waiting.removeAll { $0 == request }
    return settle(at: now)
  }

  /// Somebody wants another generation, now.
  mutating func rotationDemanded(at now: Moment) -> [Action] {
    isDemanded = true
    makeBackoff.cutShort()
    saveBackoff.cutShort()
    return settle(at: now)
  }

  /// A pair was made and put into the pool.
  mutating func pairMade(_ lane: Lane, at now: Moment) -> [Action] {
    makingEnded(lane)
    makeBackoff.succeeded()
    pool += 1
    return settle(at: now)
  }

  /// A pair could not be made.
  mutating func makingFailed(_ lane: Lane, at now: Moment) -> [Action] {
    makingEnded(lane)
    let retryIn = makeBackoff.failed(at: now.uptime, jitter: jitter())
    // Those who demanded hear of it once no other attempt can still bring their pair.
    let tells = isDemanded && makingNow == 0 && candidate == .none
    let refused = refuseWithoutFirst(at: now)
    return [.report(retryIn: retryIn)] + (tells ? [.rotationFailed] : []) + refused + settle(at: now)
  }

  /// The candidate is stored.
  mutating func saved(at now: Moment) -> [Action] {
    candidate = .none
    saveBackoff.succeeded()
    var actions: [Action] = []
    begin(.stored, at: now, &actions)
    return actions + settle(at: now)
  }

  /// The candidate could not be stored; what was current stays it.
  mutating func savingFailed(at now: Moment) -> [Action] {
    candidate = .unsaved
    let retryIn = saveBackoff.failed(at: now.uptime, jitter: jitter())
    let refused = refuseWithoutFirst(at: now)
    return [.report(retryIn: retryIn)] + (isDemanded ? [.rotationFailed] : []) + refused + settle(at: now)
  }

  /// A pair from elsewhere takes the current place.
  ///
  /// How often it was announced before, nobody knows: with `max_uses` it is not announced at all.
  mutating func adopted(createdAt: Int, at now: Moment) -> [Action] {
    var actions: [Action] = []
    begin(.adopted, createdAt: createdAt, at: now, &actions)
    if policy.maxUses > 0 { retire(.uses, &actions) }
    return actions + settle(at: now)
  }

  /// The daemon stops: no more pairs are made, and nobody waits for one.
  mutating func stopped() -> [Action] {
    isStopped = true
    defer {
      waiting = []
      isDemanded = false
    }
    return waiting.map { .refuse(request: $0, .closed) } + (isDemanded ? [.rotationFailed] : [])
  }
}

// MARK: - What is to be told

extension RotationMachine {
  /// Whether a pair is needed that is not there.
  func isShort(at now: Moment) -> Bool { !isStopped && (needsSuccessor(at: now) || !waiting.isEmpty) }

  /// Whether a needed pair is being made or stored, or that is tried again at a known moment.
  func isPending(at uptime: Duration) -> Bool {
    makingNow > 0 || candidate == .saving || !makeBackoff.isOver(at: uptime)
      || !saveBackoff.isOver(at: uptime)
  }
}

// MARK: - What follows

extension RotationMachine {
  /// Does everything that is possible now.
  private mutating func settle(at now: Moment) -> [Action] {
    var actions: [Action] = []
    repeat {
      serve(at: now, &actions)
    } while replaceCurrent(at: now, &actions)
    if isStopped {
      actions += stopped()
    } else {
      startMaking(at: now, &actions)
    }
    while pool > max(policy.pool, wantedPairs(at: now)) {
      pool -= 1
      actions.append(.discard)
    }
    return actions
  }

  /// Whether there never was a generation, and making or storing it is not even tried before a later moment.
  private func isFirstFailing(at uptime: Duration) -> Bool {
    lastNumber == 0 && !isStopped && makingNow == 0 && candidate != .saving
      && !(makeBackoff.isOver(at: uptime) && saveBackoff.isOver(at: uptime))
  }

  /// Sends those away who wait for the first generation: nobody knows how long that takes.
  private mutating func refuseWithoutFirst(at now: Moment) -> [Action] {
    guard isFirstFailing(at: now.uptime) else { return [] }
    defer { waiting = [] }
    return waiting.map { .refuse(request: $0, .notReady) }
  }

  /// Gives the current generation to those who wait, first come, first served.
  ///
  /// One whose time is over is given only when nothing can take its place at once.
  private mutating func serve(at now: Moment, _ actions: inout [Action]) {
    guard !waiting.isEmpty else { return }
    if needsSuccessor(at: now), !isStored, pool > 0 { return }
    var served = 0
    while served < waiting.count, let uses = current?.uses {
      actions.append(.announce(request: waiting[served]))
      served += 1
      current?.uses = uses + 1
      if uses + 1 == policy.maxUses { retire(.uses, &actions) }
    }
    waiting.removeFirst(served)
  }

  /// Puts the next pair in the current place, or begins to store it, when that is wanted and possible.
  ///
  /// - Returns: Whether there is a new generation.
  private mutating func replaceCurrent(at now: Moment, _ actions: inout [Action]) -> Bool {
    guard needsSuccessor(at: now) else { return false }
    guard isStored else {
      guard pool > 0 else { return false }
      pool -= 1
      begin(.pool, at: now, &actions)
      return true
    }
    guard !isStopped, candidate != .saving, saveBackoff.isOver(at: now.uptime) else { return false }
    if candidate == .none {
      guard pool > 0 else { return false }
      pool -= 1
    }
    candidate = .saving
    actions.append(.save)
    return false
  }

  private mutating func begin(
    _ origin: Origin, createdAt: Int? = nil, at now: Moment, _ actions: inout [Action]
  ) {
    let isOver = current?.term?.isOver(at: now) ?? false
    retire(origin == .adopted ? .superseded : isDemanded ? .demand : isOver ? .age : .superseded, &actions)
    lastNumber += 1
    current = Current(number: lastNumber, term: term(of: createdAt ?? now.wall, at: now))
    actions.append(.begin(number: lastNumber, createdAt: createdAt ?? now.wall, origin))
    // A pair that was handed in may be the very one that somebody wants replaced.
    guard isDemanded, origin != .adopted else { return }
    isDemanded = false
    actions.append(.rotated)
  }

  private mutating func retire(_ reason: RetirementReason, _ actions: inout [Action]) {
    guard let retired = current else { return }
    current = nil
    actions.append(.retire(number: retired.number, reason, uses: retired.uses))
  }

  /// Between 90 and 98 % of the interval: never later than it, even when a pair has yet to be made, and not at the
  /// same moment in every daemon that was started with this one.
  private func term(of createdAt: Int, at now: Moment) -> Term? {
    guard let interval = policy.interval else { return nil }
    let lifetime = interval * (980 - Int(80 * jitter())) / 1000
    // A key from the future is as old as its discovery: its own time says nothing.
    let birth = max(0, min(createdAt, now.wall))
    let age = Duration.seconds(now.wall - birth)
    return Term(
      wall: birth + max(1, Int(lifetime.components.seconds)), uptime: now.uptime + max(.zero, lifetime - age))
  }

  private func needsSuccessor(at now: Moment) -> Bool {
    guard let current else { return isRunning || isDemanded || lastNumber > 0 || !waiting.isEmpty }
    return isDemanded || isRunning && (current.term?.isOver(at: now) ?? false)
  }

  /// How many pairs would be used at once if they were there.
  private func wantedPairs(at now: Moment) -> Int {
    let waiters =
      policy.maxUses == 0 ? min(1, waiting.count) : (waiting.count + policy.maxUses - 1) / policy.maxUses
    return max(waiters, needsSuccessor(at: now) ? 1 : 0)
  }

  private mutating func startMaking(at now: Moment, _ actions: inout [Action]) {
    guard makeBackoff.isOver(at: now.uptime) else { return }
    let missing = max(0, wantedPairs(at: now) - pool - (candidate == .none ? 0 : 1))
    // What is made ahead is not counted: on a busy machine it may take minutes.
    while makingNow < min(makers, missing) {
      makingNow += 1
      actions.append(.make(.now))
    }
    let surplus = max(0, makingNow - missing)
    if isRunning, !makingAhead, pool + surplus < policy.pool {
      makingAhead = true
      actions.append(.make(.ahead))
    }
  }

  private mutating func makingEnded(_ lane: Lane) {
    switch lane {
    case .ahead: makingAhead = false
    case .now: makingNow -= 1
    }
  }
}
