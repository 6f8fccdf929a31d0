public import Platform
public import Sealing

/// Holds the generation that the next exchange announces.
public final class ClientKeyRing: Sendable {
  private struct State {
    var current: KeyGeneration?
    var lastNumber = 0
  }

  private let state = Locked(State())
  private let threads: WorkerThreads
  private let makePair: @Sendable () throws -> RSAPrivateKey
  private let wallClock: @Sendable () -> Int

  /// An empty ring.
  ///
  /// - Parameters:
  ///   - threads: Where pairs are made.
  ///   - makePair: Makes a pair; takes up to two seconds.
  ///   - wallClock: Seconds since 1970.
  public init(
    threads: WorkerThreads, wallClock: @escaping @Sendable () -> Int,
    makePair: @escaping @Sendable () throws -> RSAPrivateKey
  ) {
    self.threads = threads
    self.wallClock = wallClock
    self.makePair = makePair
  }

  /// The generation to announce, nil until the first pair is made.
  public var current: KeyGeneration? { state.withLock { $0.current } }

  /// Makes a pair and puts it in the place of the current one.
  ///
  /// The swap is atomic.
  @discardableResult
  public func renew() async throws -> KeyGeneration {
    let pair = try await threads.run { [makePair] in try makePair() }
    let now = wallClock()
    return state.withLock { state in
      state.lastNumber += 1
      let generation = KeyGeneration(number: state.lastNumber, createdAt: now, privateKey: pair)
      state.current = generation
      return generation
    }
  }
}
