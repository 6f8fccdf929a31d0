import ClientKeys
import Platform
import RouterTrust

/// How the daemon is, on one line, for `systemctl status`.
///
/// Ages are told in steps and times to the minute, so that the line changes only with what it tells.
enum StatusLine {
  static func text(_ status: DaemonStatus, isListening: Bool, held: String?) -> String {
    let wants = status.waitingFor.map { want($0, status) } + (isListening ? [] : ["the listener opens"])
    if !wants.isEmpty { return "Waiting: \(wants.joined(separator: "; "))" }
    return ([held ?? "Ready"] + [key(status), "\(status.exchanges.inFlight) in flight"] + troubles(status))
      .joined(separator: "; ")
  }

  static func draining(_ inFlight: Int, within limit: Duration) -> String {
    "Draining: \(inFlight) in flight, at most \(limit.components.seconds) s"
  }

  // MARK: Waiting

  private static func want(_ name: String, _ status: DaemonStatus) -> String {
    switch name {
    case "client_key":
      status.clientKeys.lastFailure.map { "a client key could not be made, and is tried again: \($0)" }
        ?? "a client key is being made"
    case "unused_client_key":
      "every client key is used up and the next is being made; keys.pool and keys.primes make this rarer"
    case "router_key_trust": trust(status.routerKey)
    default:
      status.reason.map { "no key of the router: \($0); `nomyo-proxy doctor` says what to do" }
        ?? "the router is asked for its key"
    }
  }

  private static func trust(_ key: RouterKeyStatus) -> String {
    let shown = key.refused.map { "\($0)" } ?? "another key"
    let advice =
      key.mode == .pinned
      ? "add it to router.pins and restart" : "nomyo-proxy trust accept \(shown)"
    return "the router shows \(shown), which is not trusted; if it is known to be right: \(advice)"
  }

  // MARK: Serving

  private static func key(_ status: DaemonStatus) -> String {
    guard let current = status.clientKeys.current else { return "no client key" }
    let age = age(WallClock.span(from: current.createdAt, to: status.takenAt))
    let next = status.clientKeys.nextRotation.map { "next at \(minute($0))" } ?? "no rotation by age"
    return "client key \(current.number), \(age), \(next)"
  }

  private static func troubles(_ status: DaemonStatus) -> [String] {
    var troubles: [String] = []
    if let failure = status.exchanges.lastFailure {
      troubles.append("last error \(failure.name) at \(minute(failure.at))")
    }
    if let failure = status.routerKey.lastFailure {
      troubles.append("router's key not seen again: \(failure)")
    }
    if let failure = status.clientKeys.lastFailure { troubles.append("next client key not made: \(failure)") }
    if let reload = status.lastReload, !reload.isTaken {
      troubles.append("reload refused at \(minute(reload.at)), see `nomyo-proxy status`")
    }
    return troubles
  }

  /// `under 5 min old`, `25 min old`, `3 h old`, `2 d old`: never a step ahead of the truth.
  static func age(_ seconds: Int) -> String {
    switch seconds {
    case ..<300: "under 5 min old"
    case ..<3600: "\(seconds / 300 * 5) min old"
    case ..<172_800: "\(seconds / 3600) h old"
    default: "\(seconds / 86400) d old"
    }
  }

  /// `2026-01-31 23:59 UTC`.
  private static func minute(_ seconds: Int) -> String {
    let text = Timestamp.text(seconds: seconds, milliseconds: 0)
    return text.prefix(16).replacing("T", with: " ") + " UTC"
  }
}
