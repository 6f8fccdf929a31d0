import Logging
import Platform
import Relay
import Service

/// Says once, to systemd and to the log, that the daemon is ready: when a client key exists, the router's key is known and
/// a listener accepts.
final class StartNotice: Sendable {
  enum Part: String, CaseIterable {
    case clientKey = "a client key"
    case routerKey = "the router's key"
    case listener = "the listener"
  }

  private let missing = Locked(Set(Part.allCases))
  private let start: ContinuousClock.Instant
  private let notifier: ServiceNotifier
  private let logger: Logger

  init(start: ContinuousClock.Instant, notifier: ServiceNotifier, logger: Logger) {
    self.start = start
    self.notifier = notifier
    self.logger = logger
  }

  func isThere(_ part: Part) {
    let missing: Set<Part>? = missing.withLock { $0.remove(part) == nil ? nil : $0 }
    guard let missing else { return }
    guard missing.isEmpty else {
      let wanted = Part.allCases.filter(missing.contains).map(\.rawValue)
      notifier.status("Waiting for \(wanted.joined(separator: " and "))")
      return
    }
    notifier.ready(status: "Ready")
    logger.notice("ready", metadata: ["after_ms": "\(start.duration(to: .now) / .milliseconds(1))"])
  }
}
