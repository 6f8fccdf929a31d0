/// What pacing is doing, all API keys together: for people and for metrics.
public struct PacingOverview: Equatable, Sendable {
  /// Requests that wait for their turn.
  public var waiting = 0
  /// Of how many callers they are.
  public var callers = 0
  /// Requests that were let through and have not ended.
  public var inFlight = 0
  /// Why nothing is sent, under the key that has to wait longest; nil when everything is sent.
  public var cause: BreakerCause?
  /// Until the next request is let through to see whether it helps; nil when it is on its way, or there is no cause.
  public var heldFor: Duration?
  /// What is left of a pause that the router asked for with a 429.
  public var pause: Duration?
  /// So many requests were let through so far.
  public var admitted = 0
  /// So many were not, by the name of the reason.
  public var refused: [String: Int] = [:]

  /// Nothing has happened.
  public init() {}

  init(_ lanes: [PacingStatus], _ totals: PacingTotals, at now: Duration) {
    for lane in lanes {
      waiting += lane.waiting
      callers += lane.callers
      inFlight += lane.inFlight
      pause = [pause, lane.pause].compactMap(\.self).max()
      let held: Duration? =
        if case .open(_, let until) = lane.breaker { max(until - now, .zero) } else { nil }
      // A refused key that nobody tries again is no news.
      if case .open(.unauthorized, let until) = lane.breaker, until <= now { continue }
      guard let cause = lane.breaker.cause, self.cause == nil || (held ?? .zero) > (heldFor ?? .zero) else {
        continue
      }
      (self.cause, heldFor) = (cause, held)
    }
    admitted = totals.admitted
    for (reason, count) in totals.refused { refused[reason.name, default: 0] += count }
  }
}

extension PacingRefusal.Reason {
  /// Every reason there is.
  public static let all: [Self] =
    [.queueFull, .waitTooLong, .deadlinePassed, .paused, .cancelled] + BreakerCause.allCases.map(Self.breaker)

  /// The name in metrics and in `status`.
  public var name: String {
    switch self {
    case .queueFull: "queue_full"
    case .waitTooLong: "wait_too_long"
    case .deadlinePassed: "deadline_passed"
    case .paused: "paused"
    case .breaker(let cause): cause.rawValue
    case .cancelled: "cancelled"
    }
  }
}
