/// How fast requests go to the router under one API key, and how long they may wait for it.
///
/// The router allows 2 requests a second for each key, and 4 in one second once in 10 seconds (PROTOCOL.md
/// section 5, "Rate limits").
public struct PacingPolicy: Equatable, Sendable {
  /// So many in any second; 0: no pacing.
  public var perSecond: Int
  /// So many in one second of each `window`; no more than `perSecond`: no bursts.
  public var burst: Int
  /// From one burst to the next.
  public var window: Duration
  /// How much longer our second and window are than the router's.
  ///
  /// The router counts arrivals: what leaves a second apart may arrive less than that apart.
  public var margin: Duration
  /// So many may wait under one key.
  ///
  /// The last eighth of the places is for callers of whom nobody waits yet, so that one busy caller cannot shut the
  /// door to all others.
  public var queue: Int
  /// So long a request waits at most.
  public var maxWait: Duration

  /// A policy.
  public init(
    perSecond: Int = 2, burst: Int = 4, window: Duration = .seconds(10), margin: Duration = .milliseconds(50),
    queue: Int = 256, maxWait: Duration = .seconds(120)
  ) {
    self.perSecond = perSecond
    self.burst = burst
    self.window = window
    self.margin = margin
    self.queue = queue
    self.maxWait = maxWait
  }
}
