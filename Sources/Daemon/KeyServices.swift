import ClientKeys
import Logging
import RouterTrust
import Sealing
import ServiceLifecycle

/// Makes the client key at start.
///
/// Until it is there, `/readyz` says what is missing.
struct ClientKeyService: Service {
  let ring: ClientKeyRing
  let notice: StartNotice
  let logger: Logger

  func run() async throws {
    // Not waited for when the daemon is stopped meanwhile: the pair would be for nobody.
    guard let generation = try await cancelledByShutdown({ try await ring.renew() }) else { return }
    logger.notice(
      "client key made",
      metadata: [
        "generation": "\(generation.number)", "fingerprint": "\(generation.fingerprint)",
        "bits": "\(generation.privateKey.bits)",
      ])
    await notice.isThere(.clientKey)
    try? await gracefulShutdown()
  }
}

/// The result of `work`, nil when the daemon began to stop before there was one.
private func cancelledByShutdown<Result: Sendable>(
  _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try? await gracefulShutdown()
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}

/// Looks at the router's key at start and from time to time, so that no request has to wait for it.
struct RouterKeyService: Service {
  let cache: RouterKeyCache
  let interval: Duration
  let notice: StartNotice
  let logger: Logger

  /// The wait after the first failure; doubled up to a minute while there is no key at all.
  private static let firstRetry = Duration.seconds(1)
  private static let longestRetry = Duration.seconds(60)

  func run() async throws {
    await cancelWhenGracefulShutdown { await watch() }
  }

  private func watch() async {
    var retry = Self.firstRetry
    var known: RouterKey?
    while !Task.isCancelled {
      do {
        let key = try await cache.refresh()
        report(key, before: known)
        known = key
        retry = Self.firstRetry
        await notice.isThere(.routerKey)
        try await Task.sleep(for: interval)
      } catch is CancellationError {
        return
      } catch {
        logger.warning(
          "router key not fetched",
          metadata: ["reason": "\(error)", "retry_in_s": "\(min(retry, interval).components.seconds)"])
        try? await Task.sleep(for: min(retry, interval))
        retry = known == nil ? min(retry * 2, Self.longestRetry) : interval
      }
    }
  }

  private func report(_ key: RouterKey, before: RouterKey?) {
    let fingerprint = key.publicKey.fingerprint
    guard fingerprint != before?.publicKey.fingerprint else { return }
    let metadata: Logger.Metadata = ["fingerprint": "\(fingerprint)", "bits": "\(key.publicKey.bits)"]
    if before == nil {
      logger.notice("router key known", metadata: metadata)
    } else {
      logger.warning("router key changed", metadata: metadata)
    }
  }
}
