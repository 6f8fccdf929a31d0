import Logging
import Platform
import Settings
import Tokens

/// Reads the configuration anew.
///
/// It is checked whole before anything of it is in force; a faulty one changes nothing. What requests are answered by changes
/// between one request and the next; those under way end as they began. An actor, so that of two wishes at once one comes
/// after the other.
actor Reloader {
  /// Reads the configuration from where it was read at the start.
  private let read: @Sendable () throws -> Settings
  /// Puts what can change while running in force; throws what only the modules concerned can judge.
  private let adopt: @Sendable (Settings) throws(ConfigurationFaults) -> Void
  private let logger: Logger
  /// What was read last, and is in force.
  private var current: Settings
  /// What came of the last time; nil before the first.
  private(set) var last: ReloadOutcome?

  init(
    start: Settings, logger: Logger, read: @escaping @Sendable () throws -> Settings,
    adopt: @escaping @Sendable (Settings) throws(ConfigurationFaults) -> Void
  ) {
    current = start
    self.logger = logger
    self.read = read
    self.adopt = adopt
  }

  /// Reads once.
  func reload() -> ReloadOutcome {
    let outcome = attempt()
    last = outcome
    return outcome
  }

  private func attempt() -> ReloadOutcome {
    let now = WallClock.seconds()
    do {
      let new = try read()
      let changed = SettingKey.all.filter { $0.value(in: current) != $0.value(in: new) }
      let waiting = changed.filter { !$0.takesEffectOnReload }.map(\.name)
      // All or nothing: a new API key must not go to the old router, nor new origins to the old address.
      guard waiting.isEmpty else {
        logger.error(
          "configuration not reloaded: restart for these changes",
          metadata: ["keys": "\(waiting.joined(separator: " "))"])
        return ReloadOutcome(
          at: now,
          faults: waiting.map {
            "\($0) has changed, which needs a restart: restart, or take it back and reload"
          })
      }
      try adopt(new)
      let names = changed.map(\.name) + Self.secrets(from: current, to: new)
      var metadata = Self.tokenNews(from: current, to: new)
      metadata["changed"] = "\(names.isEmpty ? "nothing" : names.joined(separator: " "))"
      logger.notice("configuration reloaded", metadata: metadata)
      warn(of: new)
      current = new
      return ReloadOutcome(at: now, changed: names)
    } catch let faults as ConfigurationFaults {
      return refused(faults.faults.map(\.description), at: now)
    } catch {
      return refused(["\(error)"], at: now)
    }
  }

  private func refused(_ faults: [String], at now: Int) -> ReloadOutcome {
    for fault in faults { logger.error("configuration not reloaded", metadata: ["fault": "\(fault)"]) }
    return ReloadOutcome(at: now, faults: faults)
  }

  /// What changed in files that a key only names.
  private static func secrets(from old: Settings, to new: Settings) -> [String] {
    let isSamePair = old.tls.chain == new.tls.chain && old.tls.key == new.tls.key
    return (old.router.apiKey == new.router.apiKey ? [] : ["router.api_key"])
      + (isSamePair ? [] : ["tls.certificate"])
      + (old.access.tokens == new.access.tokens ? [] : ["access.tokens"])
  }

  /// Which tokens came and went, by name.
  private static func tokenNews(from old: Settings, to new: Settings) -> Logger.Metadata {
    let (before, after) = (old.access.tokens, new.access.tokens)
    let (had, has) = (before?.names ?? [], after?.names ?? [])
    let lists = [
      "tokens_added": has.filter { !had.contains($0) }, "tokens_removed": had.filter { !has.contains($0) },
      "tokens_replaced": has.filter { before?.hasSame($0, as: after) == false },
    ]
    return lists.filter { !$0.value.isEmpty }.mapValues { "\($0.joined(separator: " "))" }
  }

  private func warn(of new: Settings) {
    for warning in new.warnings where !current.warnings.contains(warning) {
      logger.warning("configuration", metadata: ["warning": "\(warning)"])
    }
    if new.router.apiKey == nil, new.access.tokensFile == nil,
      current.router.apiKey != nil || current.access.tokensFile != nil
    {
      Daemon.warnOfCallersKeys(logger)
    }
  }
}
