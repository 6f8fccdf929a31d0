import Glibc

/// The time of day, for what people and other machines read.
///
/// Waiting and measuring use `ContinuousClock`.
public enum WallClock {
  /// Whole seconds since 1970.
  public static func seconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec
  }

  /// How long it is from one time to another in seconds, never less than 0: clocks are set, and times come from
  /// files and other programs.
  public static func span(from start: Int, to end: Int) -> Int {
    let (span, overflow) = end.subtractingReportingOverflow(start)
    return overflow ? (end > start ? .max : 0) : max(0, span)
  }
}
