import ServiceLifecycle
import UnixSignals

/// Reads the configuration anew on SIGHUP.
struct ReloadService: Service {
  let reload: @Sendable () async -> Void

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      await reload()
    }
  }
}
