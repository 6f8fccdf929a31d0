import Logging
import Pacing
import Platform

/// Tells the log and the service manager when sending stops and when it goes on, once each.
///
/// A breaker that tries and fails again has not changed for anybody: only the causes count.
final class BreakerNews: Sendable {
  private let causes = Locked<[KeyID: BreakerCause]>([:])
  private let ownKey: KeyID?
  private let notice: StartNotice
  private let logger: Logger

  /// - Parameter ownKey: The configured API key; without one callers bring theirs, and no single one of them is worth a
  ///   warning.
  init(ownKey: KeyID?, notice: StartNotice, logger: Logger) {
    self.ownKey = ownKey
    self.notice = notice
    self.logger = logger
  }

  /// The breaker of a key has become this.
  func changed(_ key: KeyID, to state: BreakerState) {
    let before = causes.withLock { causes in
      defer { causes[key] = state.cause }
      return causes[key]
    }
    guard before != state.cause else {
      return logger.debug("breaker", metadata: ["state": "\(state)"])
    }
    let isOurs = ownKey == nil || key == ownKey
    if let cause = state.cause {
      logger.log(
        level: cause == .unauthorized && key != ownKey ? .info : .warning,
        "sending stopped", metadata: ["cause": "\(cause.rawValue)", "reason": "\(cause.explanation)"])
    } else {
      logger.notice("sending again", metadata: ["after": "\(before?.rawValue ?? "")"])
    }
    if isOurs { Task { await notice.isHeld { self.text } } }
  }

  /// Why nothing is sent, under whichever key it is worst; nil when everything is.
  var text: String? {
    let causes = causes.withLock { causes in
      Set(causes.filter { $0.value != .unauthorized || $0.key == ownKey }.values)
    }
    return BreakerCause.allCases.first(where: causes.contains).map { "Nothing is sent: \($0.explanation)" }
  }
}

extension BreakerCause {
  /// What happened, for people.
  var explanation: String {
    switch self {
    case .coolDown: "the router has excluded the API key for a while"
    case .unauthorized: "the router refuses the API key"
    case .unreachable: "the router cannot be reached"
    case .unavailable: "the router is unavailable"
    }
  }
}
