/// What pacing is doing under one API key.
public struct PacingStatus: Equatable, Sendable {
  /// Requests that wait for their turn.
  public var waiting = 0
  /// Of how many callers they are.
  public var callers = 0
  /// Requests that were let through and have not ended.
  public var inFlight = 0
  /// Whether anything is sent; moments in it count from the pacer's start.
  public var breaker = BreakerState.closed
  /// What is left of the pause that the router asked for with a 429.
  public var pause: Duration?

  /// A status.
  public init(
    waiting: Int = 0, callers: Int = 0, inFlight: Int = 0, breaker: BreakerState = .closed,
    pause: Duration? = nil
  ) {
    self.waiting = waiting
    self.callers = callers
    self.inFlight = inFlight
    self.breaker = breaker
    self.pause = pause
  }
}

/// What a pacer has decided so far.
public struct PacingTotals: Equatable, Sendable {
  /// So many requests were let through.
  public var admitted = 0
  /// So many were not, by reason.
  public var refused: [PacingRefusal.Reason: Int] = [:]

  /// Totals.
  public init(admitted: Int = 0, refused: [PacingRefusal.Reason: Int] = [:]) {
    self.admitted = admitted
    self.refused = refused
  }
}
