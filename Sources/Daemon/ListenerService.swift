public import Listener
import Logging
import ServiceLifecycle
import Upstream

/// Not every request was answered before the daemon stopped.
public struct RequestsGivenUp: Error {
  /// What became of them.
  public let result: DrainResult
}

/// Serves until the daemon is asked to stop, then drains.
struct ListenerService: Service {
  let server: HTTPServer
  let drain: Duration
  let stops: StopSignals
  let news: ServiceNews
  let logger: Logger

  /// - Throws: ``RequestsGivenUp``, after everybody concerned was told.
  func run() async throws {
    let hurry = Task { await cutShort() }
    defer { hurry.cancel() }
    do {
      try await gracefulShutdown()
    } catch {
      // Another service failed: there is no time to drain.
      _ = await server.stop(drain: .zero)
      throw error
    }
    let result = await drained()
    guard result.isComplete else { throw RequestsGivenUp(result: result) }
  }

  private func drained() async -> DrainResult {
    logger.notice(
      "draining", metadata: ["in_flight": "\(server.inFlight)", "limit_s": "\(drain.components.seconds)"])
    await news.stops(server.inFlight, within: drain)
    let result = await server.stop(drain: drain)
    logger.notice(
      "drained",
      metadata: [
        "answered": "\(result.answered)", "cancelled": "\(result.cancelled)",
        "unreceived": "\(result.unreceived)",
      ])
    return result
  }

  private func cutShort() async {
    for await _ in stops.further {
      logger.notice("draining cut short")
      _ = await server.stop(drain: .zero)
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
