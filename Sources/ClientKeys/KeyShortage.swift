/// Why no generation could be announced.
public enum KeyShortage: Error, Equatable, Sendable {
  /// The first generation is still being made.
  case notReady
  /// All pairs were used up, and no new one came in time.
  case deadlinePassed
  /// The one who waited was cancelled.
  case cancelled
  /// No more pairs are made: the daemon stops.
  case closed
}
