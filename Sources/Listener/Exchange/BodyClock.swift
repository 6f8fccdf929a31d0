import NIOCore

/// How long a body may be on its way: in each stretch of time so much of it has to come, and once the server goes down all
/// of it within a moment.
///
/// A pure value: time is an argument.
struct BodyClock {
  /// What a look at the clock shows.
  enum Verdict: Equatable {
    /// Enough has come: look again after this time.
    case wait(TimeAmount)
    /// Too little has come.
    case stalled
    /// The server goes down, and the moment is over.
    case late
  }

  private let stretch: TimeAmount
  private let progress: Int
  private let moment: TimeAmount
  /// Bytes of bodies since the connection began.
  private(set) var count = 0
  private var countAtLastLook = 0
  private var end: NIODeadline?

  /// A clock of these limits.
  init(_ limits: ListenerLimits) {
    stretch = TimeAmount(limits.bodyTimeout)
    progress = limits.bodyProgress
    moment = TimeAmount(limits.bodyPatience)
  }

  /// So many bytes have come.
  mutating func arrived(_ bytes: Int) {
    count += bytes
  }

  /// A body is waited for.
  ///
  /// - Returns: the time until the next look.
  mutating func begin(isDraining: Bool, at now: NIODeadline) -> TimeAmount {
    // However much comes, and however often this is said, a drain gives one moment.
    if isDraining, end == nil { end = now + moment }
    countAtLastLook = count
    guard let end else { return stretch }
    return min(stretch, end - now)
  }

  /// The time is over.
  mutating func look(isDraining: Bool, at now: NIODeadline) -> Verdict {
    if let end, now >= end { return .late }
    guard count - countAtLastLook >= progress else { return .stalled }
    return .wait(begin(isDraining: isDraining, at: now))
  }
}
