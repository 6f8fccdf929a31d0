/// How often something may happen: a number of times at once, then once in each interval.
struct Allowance: Sendable, Equatable {
  typealias Instant = ContinuousClock.Instant

  let capacity: Int
  let interval: Duration
  /// When the last of what was taken is given back; before that `capacity` may not be exceeded.
  private var debtEnds: Instant?

  init(_ capacity: Int, every interval: Duration) {
    self.capacity = capacity
    self.interval = interval
  }

  /// How long to wait before one more.
  func wait(at now: Instant) -> Duration {
    guard let debtEnds else { return .zero }
    return max(.zero, now.duration(to: debtEnds) - interval * (capacity - 1))
  }

  /// Takes one that comes to pass at `time`.
  mutating func take(at time: Instant) {
    debtEnds = max(debtEnds ?? time, time) + interval
  }
}

/// Decides when the router's key is looked at.
///
/// A value: what happened and the time come in, a decision goes out. Looks do not overlap and are numbered, so that
/// whoever needs to know the state of now can tell a look that began too early.
struct LookMachine: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// Why someone wants to know the key.
  enum Demand: Sendable {
    /// To have one, or by the clock.
    case wanted
    /// The router rejected what was sealed for the known one.
    case rejected
    /// A person asks.
    case forced
  }

  /// What to do for him.
  enum Action: Equatable, Sendable {
    /// Begin a look after so long.
    case begin(after: Duration)
    /// Wait for the one that is under way or about to begin.
    case join
    /// Tell the last failure: it is too early to try again.
    case remember
  }

  /// How a look ended.
  enum Ending: Sendable {
    /// With a key that is trusted.
    case trusted
    /// Without a connection to the router.
    case unreached
    /// With anything else that is no key to seal for.
    case failed
  }

  private enum State {
    case idle
    case scheduled
    case running
  }

  /// The wait after the first failure, doubled for each further one.
  ///
  /// It is shorter than an exchange waits between two attempts, so that its second attempt does look again.
  static let firstBackoff = Duration.milliseconds(250)
  /// No wait is longer.
  static let longestBackoff = Duration.seconds(30)
  /// No wait is longer while the router is not reached: nobody is burdened, and its return is noticed soon.
  static let longestUnreachedBackoff = Duration.milliseconds(500)
  /// A rejected exchange waits so long for a look and no longer.
  static let patience = Duration.seconds(1)

  /// How many looks have begun.
  private(set) var begun = 0
  private var state = State.idle
  private var failures = 0
  private var closedUntil: Instant?
  /// Looks because of rejections: a few at once, so that a real change of keys is found at once even after others in
  /// vain, then one in a second, whatever the load.
  private var rejections = Allowance(4, every: .seconds(1))

  /// The number of the look that is under way, or of the next.
  var number: Int { state == .running ? begun : begun + 1 }

  /// Someone wants to know the key.
  mutating func asked(_ demand: Demand, at now: Instant) -> Action {
    guard state == .idle else { return .join }
    let closed = closedUntil.map { max(.zero, now.duration(to: $0)) } ?? .zero
    var wait = Duration.zero
    switch demand {
    case .forced: break
    case .wanted:
      if closed > .zero { return .remember }
    case .rejected:
      wait = max(closed, rejections.wait(at: now))
      if wait > Self.patience { return .remember }
      rejections.take(at: now + wait)
    }
    state = .scheduled
    return .begin(after: wait)
  }

  /// The look that was to begin has begun.
  mutating func began() {
    state = .running
    begun += 1
  }

  /// The look is over.
  mutating func ended(_ ending: Ending, at now: Instant) {
    state = .idle
    guard ending != .trusted else {
      (failures, closedUntil) = (0, nil)
      return
    }
    failures += 1
    let longest = ending == .unreached ? Self.longestUnreachedBackoff : Self.longestBackoff
    closedUntil = now + min(Self.firstBackoff * (1 << min(failures - 1, 16)), longest)
  }
}
