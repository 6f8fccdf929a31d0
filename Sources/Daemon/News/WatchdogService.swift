import Logging
import Platform
import Service
import ServiceLifecycle

/// Feeds the service manager's watchdog while every part of the daemon answers.
///
/// It runs on Swift's cooperative pool, so a pool in which every thread is stuck feeds nobody either. Whether the router
/// is reached plays no part.
struct WatchdogService: ServiceLifecycle.Service {
  /// Something that may be stuck.
  struct Part: Sendable {
    let name: String
    /// Returns when the part has come round once more.
    let respond: @Sendable () async -> Void
  }

  let parts: [Part]
  let feed: @Sendable () -> Void
  let logger: Logger
  let clock: any Clock<Duration>
  private let machine: Locked<WatchdogMachine>
  private let uptime: @Sendable () -> Duration

  init(
    interval: Duration, parts: [Part], clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
    feed: @escaping @Sendable () -> Void
  ) {
    self.parts = parts
    self.feed = feed
    self.logger = logger
    self.clock = clock
    machine = Locked(WatchdogMachine(interval: interval, parts: parts.map(\.name)))
    uptime = clock.stopwatch()
  }

  func run() async throws {
    await cancelWhenGracefulShutdown { await watch() }
  }

  func watch() async {
    while !Task.isCancelled {
      act { $0.timePassed(at: $1) }
      let now = uptime()
      try? await clock.sleep(for: machine.withLock { $0.wait(at: now) })
    }
  }

  private func act(_ news: (inout WatchdogMachine, Duration) -> WatchdogMachine.Action?) {
    let now = uptime()
    switch machine.withLock({ news(&$0, now) }) {
    case .feedAndAsk:
      feed()
      // Each on its own and not waited for: one that is stuck never returns.
      for part in parts {
        Task {
          await part.respond()
          act { $0.answered(part.name, at: $1) }
        }
      }
    case .complain(let silent):
      logger.error(
        "parts of the daemon do not answer", metadata: ["parts": "\(silent.joined(separator: " "))"])
    case nil: break
    }
  }
}
