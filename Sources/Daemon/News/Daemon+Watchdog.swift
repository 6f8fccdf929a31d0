import ClientKeys
import Listener
import Platform
import Upstream

extension Daemon {
  /// The watchdog over every loop and every thread that requests depend on.
  ///
  /// Not asked are the threads that may rest for long with nobody the worse for it: the one that makes keys ahead at idle
  /// priority, and the one that reads large bodies, which a caller could keep busy.
  func watchdog(
    _ interval: Duration, over standing: Standing, _ servers: [HTTPServer],
    _ upstream: Upstream, _ embedding: Upstream?, feed: @escaping @Sendable () -> Void
  ) -> WatchdogService {
    var parts: [WatchdogService.Part] = [
      .init(name: "listeners") { for server in servers { await server.respond() } },
      .init(name: "router") { await upstream.respond() },
      .init(name: "client-keys") { await standing.clientKeys.respond() },
      .init(name: "opening") { await standing.workers.respond() },
    ]
    if let embedding { parts.append(.init(name: "embedder") { await embedding.respond() }) }
    return WatchdogService(interval: interval, parts: parts, logger: logger, feed: feed)
  }
}
