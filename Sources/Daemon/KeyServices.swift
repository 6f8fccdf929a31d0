import ClientKeys
import Logging
import RouterTrust
import Sealing
import ServiceLifecycle
import UnixSignals

/// Makes client keys and replaces them in time.
struct ClientKeyService: Service {
  let ring: ClientKeyRing

  func run() async throws {
    await cancelWhenGracefulShutdown { await ring.run() }
  }
}

/// Replaces the client key on SIGUSR1; signals that come while it is being replaced are one more wish, however many.
struct RotationSignalService: Service {
  let ring: ClientKeyRing
  let logger: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sigusr1)
    let (wishes, wish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup { group in
      group.addTask {
        for await _ in signals.cancelOnGracefulShutdown() { wish.yield() }
        wish.finish()
      }
      for await _ in wishes { await rotate() }
    }
  }

  private func rotate() async {
    do { _ = try await ring.rotate() } catch {
      logger.error("client key not rotated on SIGUSR1", metadata: ["reason": "\(error)"])
    }
  }
}

/// Looks at the router's key at start and from time to time, so that no request has to wait for it.
struct RouterKeyService: Service {
  let cache: RouterKeyCache
  let interval: Duration
  let news: ServiceNews
  let logger: Logger

  /// The wait after the first failure; doubled up to a minute while there is no key to seal for.
  private static let firstRetry = Duration.seconds(1)
  private static let longestRetry = Duration.seconds(60)

  func run() async throws {
    await cancelWhenGracefulShutdown { await watch() }
  }

  private func watch() async {
    var retry = Self.firstRetry
    var known: RouterKey?
    var told: String?
    while !Task.isCancelled {
      do {
        let key = try await cache.refresh()
        report(key, before: known)
        if let warning = await cache.status.warning {
          logger.warning("trust not recorded", metadata: ["reason": "\(warning)"])
        }
        known = key
        (retry, told) = (Self.firstRetry, nil)
        await news.changed()
        try await Task.sleep(for: interval)
      } catch is CancellationError {
        return
      } catch {
        let wait = min(retry, interval)
        // A refusal is told of when it begins, by the cache; anything else once, as long as it is the same.
        logger.log(
          level: error is UntrustedRouterKey || told == "\(error)" ? .debug : .warning,
          "router key not to be had",
          metadata: ["reason": "\(error)", "retry_in_s": "\(wait.components.seconds)"])
        told = "\(error)"
        await news.changed()
        try? await Task.sleep(for: wait)
        let isServing = await cache.knownKey != nil
        // A router that is not reached may be back in a moment, and until then nothing is ready.
        let isUnreached = (error as? any KeyFetchFailure)?.isUnreached == true
        retry = isServing ? interval : isUnreached ? Self.firstRetry : min(retry * 2, Self.longestRetry)
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
