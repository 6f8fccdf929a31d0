import Logging
import ServiceLifecycle
import Settings
import UnixSignals

/// Reads the configuration anew on SIGHUP.
///
/// It is checked whole before anything of it is in force; a faulty one changes nothing. What requests are answered by changes
/// between one request and the next; those under way end as they began.
struct ReloadService: Service {
  /// Reads the configuration from where it was read at the start.
  let read: @Sendable () throws -> Settings
  /// Puts what can change while running in force; throws what only the modules concerned can judge.
  let adopt: @Sendable (Settings) throws(ConfigurationFaults) -> Void
  let start: Settings
  let logger: Logger

  /// What takes effect without a restart.
  static let reloadable: Set<String> = [
    "router.api_key_file", "router.security_tier", "router.response_timeout", "router.retries",
    "limits.request", "limits.in_flight", "stream.commit_after", "stream.keepalive",
    "privacy.strip_identifiers", "privacy.pad_requests", "models.aliases", "models.list",
    "models.single_flight", "access.hosts", "access.origins", "compat.members", "compat.messages",
    "compat.remote_images", "chatbots",
  ]

  func run() async throws {
    var current = start
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      reload(&current)
    }
  }

  /// Reads once; `current` is what was read last.
  func reload(_ current: inout Settings) {
    do {
      let new = try read()
      let changed = SettingKey.all.filter { $0.value(in: current) != $0.value(in: new) }.map(\.name)
      let waiting = changed.filter { !Self.reloadable.contains($0) }
      // All or nothing: a new API key must not go to the old router, nor new origins to the old address.
      guard waiting.isEmpty else {
        return logger.error(
          "configuration not reloaded: restart for these changes",
          metadata: ["keys": "\(waiting.joined(separator: " "))"])
      }
      try adopt(new)
      logger.notice(
        "configuration reloaded",
        metadata: ["changed": "\(changed.isEmpty ? "nothing" : changed.joined(separator: " "))"])
      current = new
    } catch let faults as ConfigurationFaults {
      for fault in faults.faults {
        logger.error("configuration not reloaded", metadata: ["fault": "\(fault)"])
      }
    } catch {
      logger.error("configuration not reloaded", metadata: ["fault": "\(error)"])
    }
  }
}
