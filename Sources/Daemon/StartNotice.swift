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
  private var isStopping = false
  private var held: String?
  private let start: ContinuousClock.Instant
  private let notifier: ServiceNotifier
  private let logger: Logger

  init(start: ContinuousClock.Instant, notifier: ServiceNotifier, logger: Logger) {
    self.start = start
    self.notifier = notifier
    self.logger = logger
  }

  /// The daemon has begun to stop: it will not become ready any more, and must not say so (sd_notify(3)).
  func isStopped(status: String) {
    isStopping = true
    notifier.stopping(status: status)
  }

  /// Sending has stopped or goes on again.
  ///
  /// - Parameter reason: Why nothing is sent, as it is now; nil when everything is. Asked for here, so that of two
  ///   changes at once the later one stays.
  func isHeld(_ reason: @Sendable () -> String?) {
    held = reason()
    guard missing.isEmpty, !isStopping else { return }
    notifier.status(held ?? "Ready")
  }

  func isThere(_ part: Part) {
    guard missing.remove(part) != nil, !isStopping else { return }
    guard missing.isEmpty else {
      let wanted = Part.allCases.filter(missing.contains).map(\.rawValue)
      notifier.status("Waiting for \(wanted.joined(separator: " and "))")
      return
    }
    ProgramImage.releaseStartupPages()
    notifier.ready(status: held ?? "Ready")
    logger.notice("ready", metadata: ["after_ms": "\(Int(start.duration(to: .now) / .milliseconds(1)))"])
  }
}
