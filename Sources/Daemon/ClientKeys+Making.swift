import ClientKeys
import Glibc
import Logging
import Platform
import Sealing
import Settings

extension Daemon {
  /// The ring of client keys, with the stored pair in it when there is one.
  ///
  /// - Throws: what is wrong with the key directory; nothing in it is changed then.
  func makeClientKeys(_ news: ServiceNews) throws -> ClientKeyRing {
    let keys = settings.keys
    let stored = try storedKeys()
    let log = ClientKeyLog(logger: logger, news: news, isRoutine: keys.maxUses > 0)
    let ring = ClientKeyRing(
      policy: RotationPolicy(
        interval: keys.rotateEvery == .zero ? nil : keys.rotateEvery, maxUses: keys.maxUses, pool: keys.pool),
      threads: WorkerThreads(count: Self.processors, name: "nomyo-keygen"),
      idleThreads: WorkerThreads(count: 1, name: "nomyo-keypool", priority: .idle),
      wallClock: WallClock.seconds, store: stored?.directory,
      makePair: { try RSAPrivateKey.generate(bits: keys.bits, primes: keys.primes) },
      onEvent: { log.note($0) })
    if let key = stored?.key { ring.adopt(key.pair, createdAt: key.createdAt) }
    return ring
  }

  /// How much OpenSSL has to set aside for private keys: those made ahead, those in flight, and some being made.
  ///
  /// With `keys.max_uses` 1 every exchange in flight holds a pair of its own.
  var secureHeapBytes: Int {
    guard memory.mode != .off else { return 0 }
    let held = settings.keys.pool + settings.limits.inFlight + Self.keysInTheMaking
    return CryptoLibrary.secureHeapBytes(keys: held, bits: max(settings.keys.bits, Self.usualBits))
  }

  /// RSA is what an answer costs: as many at once as there are processors, and no more, so that they do not slow each
  /// other down.
  static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  private static let keysInTheMaking = 16
  /// A stored key may be longer than `keys.bits` asks for.
  private static let usualBits = 4096

  private func storedKeys() throws -> (directory: KeyDirectory, key: LoadedKey?)? {
    guard settings.keys.mode == .directory, let path = settings.keys.directory else { return nil }
    let directory = KeyDirectory(path: path, password: settings.keys.password)
    do throws(KeyDirectoryFault) {
      let key = try directory.load()
      for warning in key?.warnings ?? [] {
        logger.warning("key directory", metadata: ["warning": "\(warning)"])
      }
      return (directory, key)
    } catch {
      // No fault of the configuration: the other daemon may be about to end.
      if error.reason == .inUse { throw error }
      throw ConfigurationFaults(faults: [
        Self.fault(
          settings, "keys.directory", "\(error)", allowed: "a directory with a usable key, or with none")
      ])
    }
  }
}

/// Tells the log, and who waits for the start, what happens to client keys.
private struct ClientKeyLog: Sendable {
  let logger: Logger
  let news: ServiceNews
  /// Whether pairs are replaced by use.
  let isRoutine: Bool

  func note(_ event: ClientKeyEvent) {
    switch event {
    case .current(let generation):
      // With few uses for each pair this happens all the time.
      logger.log(
        level: isRoutine && generation.number > 1 ? .debug : .notice, "client key",
        metadata: [
          "generation": "\(generation.number)", "fingerprint": "\(generation.fingerprint)",
          "bits": "\(generation.privateKey.bits)", "primes": "\(generation.privateKey.primes)",
        ])
      Task { await news.changed() }
    case .retired(let number, let reason, let uses):
      logger.log(
        level: reason == .uses ? .debug : .info, "client key retired",
        metadata: ["generation": "\(number)", "reason": "\(reason.rawValue)", "uses": "\(uses)"])
    case .failed(let description, let retryIn):
      logger.error(
        "client key not made",
        metadata: ["reason": "\(description)", "retry_in_s": "\(retryIn.components.seconds)"])
      Task { await news.changed() }
    }
  }
}
