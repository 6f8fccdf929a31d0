/// Why no generation could be announced.
public enum KeyShortage: Error, Equatable, Sendable {
  /// There never was a generation: it could not be made, or not in time.
  case notReady
  /// All pairs were used up, and no new one came in time.
  case deadlinePassed
  /// The one who waited was cancelled.
  case cancelled
  /// No more pairs are made: the daemon stops.
  case closed
}
