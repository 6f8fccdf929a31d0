import Glibc
import Logging
import Platform
import Service
import ServiceLifecycle

/// Tells the service manager how the daemon is, and the log once that it is ready: when a client key exists, the router's
/// key is trusted and a listener accepts.
///
/// An actor, so that of two changes at once the later is also the later told.
actor ServiceNews {
  private var machine = ServiceStateMachine()
  private var isListening = false
  private var held: String?
  private var look: (@Sendable () async -> DaemonStatus)?
  private var drain = Duration.zero
  private let start: ContinuousClock.Instant
  private let notifier: ServiceNotifier
  private let logger: Logger
  private let uptime = ContinuousClock().stopwatch()

  init(start: ContinuousClock.Instant, notifier: ServiceNotifier, logger: Logger) {
    self.start = start
    self.notifier = notifier
    self.logger = logger
  }

  /// Whether the daemon has begun to stop.
  var isStopping: Bool { machine.isStopping }

  /// From now on the daemon is looked at this way.
  func watch(_ look: @escaping @Sendable () async -> DaemonStatus) { self.look = look }

  /// Callers are let in.
  func listens() async {
    isListening = true
    await changed()
  }

  /// Something may be different: looks, and tells what is new.
  func changed() async {
    guard let look else { return }
    let status = await look()
    // Whatever happened during the look is known here.
    let sight =
      machine.isStopping
      ? ServiceStateMachine.Sight(
        isReady: false, status: StatusLine.draining(status.exchanges.inFlight, within: drain))
      : ServiceStateMachine.Sight(
        isReady: isListening && status.isReady,
        status: StatusLine.text(status, isListening: isListening, held: held))
    let wasStarted = machine.hasStarted
    tell(machine.saw(sight, at: uptime()))
    if !wasStarted, machine.hasStarted { isReadyNow() }
  }

  /// Sending has stopped or goes on again.
  ///
  /// - Parameter reason: Why nothing is sent, as it is now; nil when everything is. Asked for here, so that of two
  ///   changes at once the later one stays.
  func isHeld(_ reason: @Sendable () -> String?) async {
    held = reason()
    await changed()
  }

  /// The configuration is about to be read anew.
  func reloadBegan() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    tell(machine.reloadBegan(monotonic: now.tv_sec * 1_000_000 + now.tv_nsec / 1000))
  }

  /// It has been.
  func reloadEnded() async {
    tell(machine.reloadEnded(at: uptime()))
    await changed()
  }

  /// The daemon has begun to stop: it will not become ready any more, and must not say so (sd_notify(3)).
  func stops(_ inFlight: Int, within drain: Duration) {
    self.drain = drain
    // Besides the drain itself, what is left has a few seconds to end.
    tell(
      machine.stopping(StatusLine.draining(inFlight, within: drain), within: drain + Self.rest, at: uptime()))
  }

  /// Looks again and again: often until the daemon is ready, then as often as anything may be told.
  func run() async {
    while !Task.isCancelled, !machine.hasStarted || notifier.isHeard {
      await changed()
      try? await Task.sleep(for: machine.hasStarted ? ServiceStateMachine.statusEvery : .seconds(1))
    }
  }

  private static let rest = Duration.seconds(10)

  private func isReadyNow() {
    ProgramImage.releaseStartupPages()
    logger.notice("ready", metadata: ["after_ms": "\(Int(start.duration(to: .now) / .milliseconds(1)))"])
  }

  private func tell(_ notification: ServiceNotification?) {
    if let notification { notifier.send(notification) }
  }
}

/// Keeps the service manager informed until everything else has stopped.
struct NewsService: ServiceLifecycle.Service {
  let news: ServiceNews

  func run() async throws {
    await cancelWhenGracefulShutdown { await news.run() }
    try? await gracefulShutdown()
  }
}
