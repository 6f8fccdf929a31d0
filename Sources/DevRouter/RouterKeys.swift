import Platform
import Sealing

/// The router's own key pair, which tests can replace.
final class RouterKeys: Sendable {
  private let pair: Locked<RSAPrivateKey>
  private let bits: Int
  private let threads: WorkerThreads

  init(bits: Int, threads: WorkerThreads) async throws {
    self.bits = bits
    self.threads = threads
    pair = Locked(try await threads.run { try RSAPrivateKey.generate(bits: bits) })
  }

  var current: RSAPrivateKey { pair.withLock { $0 } }

  /// Makes a new pair.
  ///
  /// Envelopes for the old one can no longer be opened.
  func rotate() async throws {
    let fresh = try await threads.run { [bits] in try RSAPrivateKey.generate(bits: bits) }
    pair.withLock { $0 = fresh }
  }
}
