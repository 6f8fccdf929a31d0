import Listener
import Logging
import ServiceLifecycle
import UnixSignals
import Upstream

/// Serves until the daemon is asked to stop, then drains.
struct ListenerService: Service {
  let server: HTTPServer
  let drain: Duration
  let notice: StartNotice
  let logger: Logger

  func run() async throws {
    await withGracefulShutdownHandler {
      await server.serve()
    } onGracefulShutdown: {
      logger.notice(
        "draining", metadata: ["in_flight": "\(server.inFlight)", "limit_s": "\(drain.components.seconds)"])
      // The service group has heard the first signal; the next one ends the wait.
      Task {
        for await _ in await UnixSignalsSequence(trapping: [.sigterm, .sigint]) {
          logger.notice("draining cut short")
          _ = await server.stop(drain: .zero)
        }
      }
      Task {
        await notice.isStopped(status: "Draining")
        let result = await server.stop(drain: drain)
        logger.notice(
          "drained", metadata: ["answered": "\(result.answered)", "cancelled": "\(result.cancelled)"])
      }
    }
  }
}

/// Closes the connections to the router after everything that uses them has ended.
struct UpstreamService: Service {
  let upstream: Upstream

  func run() async throws {
    try? await gracefulShutdown()
    await upstream.close()
  }
}
