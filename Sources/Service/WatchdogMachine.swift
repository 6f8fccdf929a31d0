/// When the service manager's watchdog is fed (sd_watchdog_enabled(3)): at half its interval, and only once every part of
/// the daemon has answered the question that was put to it after the last time.
///
/// A part that is late holds back the food until it answers, and no longer: whether it was late or is stuck is decided by
/// the service manager's interval alone.
public struct WatchdogMachine: Sendable {
  /// What is to be done.
  public enum Action: Sendable, Equatable {
    /// Feed it, and put a new question to every part.
    case feedAndAsk
    /// These have not answered; told once each time that feeding is late.
    case complain([String])
  }

  /// Half the interval.
  let period: Duration
  private let parts: [String]
  private var silent: Set<String> = []
  private var fedAt: Duration?
  private var hasComplained = false

  /// A watchdog that wants food once in an interval.
  ///
  /// - Parameter parts: What answers, by name.
  public init(interval: Duration, parts: [String]) {
    period = interval / 2
    self.parts = parts
  }

  /// How long until it is worth looking again.
  public func wait(at now: Duration) -> Duration {
    guard let fedAt else { return .zero }
    let left = fedAt + period - now
    return left > .zero ? left : period
  }

  /// Time has passed.
  public mutating func timePassed(at now: Duration) -> Action? {
    guard let fedAt else { return feed(at: now) }
    guard now - fedAt >= period else { return nil }
    if silent.isEmpty { return feed(at: now) }
    guard !hasComplained else { return nil }
    hasComplained = true
    return .complain(parts.filter(silent.contains))
  }

  /// A part has answered the question that was put to it last.
  public mutating func answered(_ part: String, at now: Duration) -> Action? {
    silent.remove(part)
    return timePassed(at: now)
  }

  private mutating func feed(at now: Duration) -> Action {
    fedAt = now
    hasComplained = false
    silent = Set(parts)
    return .feedAndAsk
  }
}
