internal import CSystemd

/// What the service manager expects of a service that it watches.
public enum Watchdog {
  /// How long it waits for a sign of life; nil where it does not watch this process.
  ///
  /// `WATCHDOG_USEC` and `WATCHDOG_PID` say so, and are removed, so that no child believes they are its own.
  public static func takeInterval() -> Duration? {
    var microseconds: UInt64 = 0
    guard sd_watchdog_enabled(1, &microseconds) > 0 else { return nil }
    return .microseconds(Int64(clamping: microseconds))
  }
}
