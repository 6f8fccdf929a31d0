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
}
