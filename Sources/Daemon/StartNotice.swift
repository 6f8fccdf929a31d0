import Logging
import Platform
import Service

/// Says once, to systemd and to the log, that the daemon is ready: when a client key exists, the router's key is known and
/// a listener accepts.
///
/// An actor, so that of two parts that are there at once the later is also the later told.
actor StartNotice {
  enum Part: String, CaseIterable {
    case clientKey = "a client key"
    case routerKey = "the router's key"
    case listener = "the listener"
  }

  private var missing = Set(Part.allCases)
  private let start: ContinuousClock.Instant
  private let notifier: ServiceNotifier
  private let logger: Logger

  init(start: ContinuousClock.Instant, notifier: ServiceNotifier, logger: Logger) {
    self.start = start
    self.notifier = notifier
    self.logger = logger
  }

  func isThere(_ part: Part) {
    guard missing.remove(part) != nil else { return }
    guard missing.isEmpty else {
      let wanted = Part.allCases.filter(missing.contains).map(\.rawValue)
      notifier.status("Waiting for \(wanted.joined(separator: " and "))")
      return
    }
    ProgramImage.releaseStartupPages()
    notifier.ready(status: "Ready")
    logger.notice("ready", metadata: ["after_ms": "\(start.duration(to: .now) / .milliseconds(1))"])
  }
}
