import Logging
import Pacing
import Platform

/// Tells the log and the service manager when sending stops and when it goes on, once each.
///
/// A breaker that tries and fails again has not changed for anybody: only the causes count.
final class BreakerNews: Sendable {
  private struct State {
    var causes: [KeyID: BreakerCause] = [:]
    var ownKey: KeyID?
  }

  private let state: Locked<State>
  private let news: ServiceNews
  private let logger: Logger

  /// - Parameter ownKey: The configured API key; without one callers bring theirs, and no single one of them is worth a
  ///   warning.
  init(ownKey: KeyID?, news: ServiceNews, logger: Logger) {
    state = Locked(State(ownKey: ownKey))
    self.news = news
    self.logger = logger
  }

  /// The configured API key, as it is now.
  var ownKey: KeyID? { state.withLock { $0.ownKey } }

  /// The configuration has another API key, or none any more.
  func adopt(_ key: KeyID?) {
    let isNew = state.withLock { state in
      guard state.ownKey != key else { return false }
      // Nothing is sent under the old one that could close its breaker.
      if let old = state.ownKey { state.causes[old] = nil }
      state.ownKey = key
      return true
    }
    if isNew { Task { await news.isHeld { self.text } } }
  }

  /// The breaker of a key has become this.
  func changed(_ key: KeyID, to state: BreakerState) {
    let (before, ownKey) = self.state.withLock { held in
      defer { held.causes[key] = state.cause }
      return (held.causes[key], held.ownKey)
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
    if isOurs { Task { await news.isHeld { self.text } } }
  }

  /// Why nothing is sent, under whichever key it is worst; nil when everything is.
  var text: String? {
    let causes = state.withLock { state in
      Set(state.causes.filter { $0.value != .unauthorized || $0.key == state.ownKey }.values)
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
