public import Platform
public import Sealing

/// Holds the generation that the next exchange announces, and replaces it by the policy.
///
/// `RotationMachine` decides; the ring has the pairs, the threads and those who wait. Whoever brings news to the
/// machine does what follows from it: a request takes its successor from the pool itself, the thread that made a
/// pair hands it to those who wait. `run` only watches the time.
public final class ClientKeyRing: Sendable {
  struct State {
    var machine: RotationMachine
    var current: KeyGeneration?
    /// Pairs that nobody has seen, oldest first.
    var pool: [RSAPrivateKey] = []
    /// On its way into the store.
    var candidate: RSAPrivateKey?
    /// Handed in and on its way into the current place.
    var adopted: RSAPrivateKey?
    var retired = RetiredGenerations()
    var rotations = 0
    var lastError: (any Error)?
    var requests = WaitingRoom<Result<KeyGeneration, KeyShortage>>()
    var demands = WaitingRoom<Result<KeyGeneration, any Error>>()
    var naps = WaitingRoom<Void>()
    /// Those who ask whether the worker comes round.
    var rounds = WaitingRoom<Void>()
    var isRunning = false
    /// The uptime at which the worker wakes by itself.
    var napEnds: Duration?
  }

  /// The wall clock may be set and the machine may sleep: look again at least this often.
  static let longestNap = Duration.seconds(60)

  let state: Locked<State>
  let policy: RotationPolicy
  let clock: any Clock<Duration>
  let onEvent: @Sendable (ClientKeyEvent) -> Void
  let threads: WorkerThreads
  let idleThreads: WorkerThreads
  let store: (any ClientKeyStore)?
  let makePair: @Sendable () throws -> RSAPrivateKey
  let wallClock: @Sendable () -> Int
  let uptime: @Sendable () -> Duration

  /// An empty ring.
  ///
  /// - Parameters:
  ///   - policy: When generations are replaced.
  ///   - threads: Where pairs are made that somebody waits for, and where they are stored. As many as there are
  ///     threads are made at once.
  ///   - idleThreads: Where pairs are made ahead, best with idle priority; nil: on `threads`.
  ///   - wallClock: Seconds since 1970, for age.
  ///   - clock: For waiting, and for age when the wall clock is set.
  ///   - jitter: A random number from 0 to 1 at each call.
  ///   - store: Where a pair is kept before it is announced; nil: nowhere.
  ///   - makePair: Makes a pair; takes up to two seconds.
  ///   - onEvent: Called after each change, outside of all locks; must not block.
  public init(
    policy: RotationPolicy, threads: WorkerThreads, idleThreads: WorkerThreads? = nil,
    wallClock: @escaping @Sendable () -> Int, clock: any Clock<Duration> = ContinuousClock(),
    jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) }, store: (any ClientKeyStore)? = nil,
    makePair: @escaping @Sendable () throws -> RSAPrivateKey,
    onEvent: @escaping @Sendable (ClientKeyEvent) -> Void = { _ in }
  ) {
    let machine = RotationMachine(
      policy: policy, isStored: store != nil, makers: threads.count, jitter: jitter)
    state = Locked(State(machine: machine))
    self.policy = policy
    self.threads = threads
    self.idleThreads = idleThreads ?? threads
    self.wallClock = wallClock
    self.clock = clock
    self.store = store
    self.makePair = makePair
    self.onEvent = onEvent
    uptime = clock.stopwatch()
  }

  /// The generation that the next exchange announces; nil until the first is there and while every pair is used up.
  public var current: KeyGeneration? { state.withLock { $0.current } }

  /// A pair that was kept from before takes the current place.
  ///
  /// When it is older than the interval, or `max_uses` is set (nobody knows how often it was announced), the next
  /// pair takes its place as soon as `run` has begun.
  ///
  /// - Parameters:
  ///   - pair: Is not stored again.
  ///   - createdAt: When it was made, in seconds since 1970.
  public func adopt(_ pair: RSAPrivateKey, createdAt: Int) {
    perform { state, now in
      state.adopted = pair
      return state.machine.adopted(createdAt: createdAt, at: now)
    }
  }

  /// What the ring is doing.
  public var status: ClientKeyStatus {
    let now = moment
    return state.withLock { state in
      var status = ClientKeyStatus()
      if let current = state.current, let uses = state.machine.current?.uses {
        status.current = ClientKeyStatus.Current(
          number: current.number, createdAt: current.createdAt, uses: uses, fingerprint: current.fingerprint,
          bits: current.privateKey.bits, primes: current.privateKey.primes)
      }
      status.nextRotation = state.machine.nextRotation(at: now)
      status.pool = state.machine.pool
      status.poolTarget = policy.pool
      status.waiting = state.machine.waiting.count
      status.retiring = state.retired.countHeld()
      status.generations = state.machine.lastNumber
      status.rotations = state.rotations
      status.lastFailure = state.lastError.map { "\($0)" }
      return status
    }
  }
}
