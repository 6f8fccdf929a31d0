/// When a breaker opens, and for how long.
public struct BreakerPolicy: Equatable, Sendable {
  /// It opens after so many exchanges in a row that did not reach the router.
  public var unreachableLimit = 3
  /// It opens after so many failures in a row of which the last is a 503: one repetition, no more (PROTOCOL.md
  /// section 5, "Advice for a proxy").
  public var unavailableLimit = 2
  /// From a failure to the first probe; twice as long after each failed probe.
  public var firstPause = Duration.milliseconds(250)
  /// No such pause is longer while the router cannot be reached; with `connectionProof` it bounds how long after
  /// the router's return it is noticed.
  public var longestPause = Duration.milliseconds(500)
  /// No such pause is longer while the router answers 503, unless it asks for one.
  public var longestUnavailablePause = Duration.seconds(4)
  /// While the router has been away for less, requests wait; then they are refused at once.
  public var patience = Duration.seconds(10)
  /// So long an unknown key stays unknown.
  public var unauthorizedPause = Duration.seconds(5)
  /// A 503 with a longer `Retry-After` is a cool-down.
  public var longestUsualRetryAfter = RetryMachine.longestRetryAfter
  /// No `Retry-After` is believed beyond the length of a cool-down (PROTOCOL.md section 5, "Rate limits").
  public var longestCoolDown = Duration.seconds(1800)
  /// A 503 without `Retry-After` so soon after a burst or a 429 is taken for a cool-down.
  public var suspicion = Duration.seconds(60)
  /// From a presumed cool-down to the first probe; twice as long after each failed probe.
  public var firstCoolDownProbe = Duration.seconds(10)
  /// No such wait is longer.
  public var longestCoolDownProbe = Duration.seconds(300)
  /// A probe that the router has had for so long has succeeded: what it refuses, it refuses at once, and an answer
  /// may take minutes.
  public var proof = Duration.seconds(2)
  /// The same for a router that could not be reached: its connection has held for so long.
  public var connectionProof = Duration.milliseconds(250)

  /// So long after the end of a pause a key that nobody uses may be forgotten.
  public var memory = Duration.seconds(5)
  /// A probe that has had no connection for so long is joined by another: its own may have got lost on the way.
  public var probePatience = Duration.seconds(1)
  /// So long probes try for a connection, so that they do not pile up.
  public var quickProbe = Duration.seconds(2)
  /// Each so manieth probe takes the time that any request may, for networks on which it takes longer.
  public var probesPerPatientOne = 4

  /// The defaults.
  public init() {}
}
