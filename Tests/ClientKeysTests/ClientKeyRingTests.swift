import Platform
import Sealing
import TestTwins
import TestVectors
import Testing

@testable import ClientKeys

@Suite(.timeLimit(.minutes(2))) struct ClientKeyRingTests {
  private let never = RotationPolicy(interval: nil, maxUses: 0, pool: 0)

  private static func stored() throws -> RSAPrivateKey {
    try RSAPrivateKey(document: TestVectors.bytes("keys/client_private_key.pem"))
  }

  private var later: ContinuousClock.Instant { .now + .seconds(60) }

  @Test func `there is no key until one is made, and a request is told when that fails`() async throws {
    let bench = Bench(never)
    #expect(bench.ring.current == nil)
    #expect(bench.ring.status.current == nil)
    bench.state.update { $0.fails = true }
    await #expect(throws: KeyShortage.notReady) { try await bench.ring.announce(until: .now + .seconds(60)) }
    bench.state.update { $0.fails = false }
    let made = try await bench.ring.rotate()
    #expect(bench.ring.current === made)
    #expect(made.number == 1)
    #expect(made.createdAt == 1_000_000)
  }

  @Test func `the worker makes the first pair and fills the pool`() async throws {
    let bench = Bench(RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 2))
    try await bench.whileRunning { ring in
      await bench.until { $0.pool == 2 && $0.current != nil }
      let generation = try await ring.announce(until: later)
      let status = ring.status
      #expect(
        status.current
          == ClientKeyStatus.Current(
            number: 1, createdAt: 1_000_000, uses: 1, fingerprint: generation.fingerprint, bits: 1024,
            primes: 2))
      #expect(status.nextRotation == 1_000_000 + 3528)
      #expect(status.poolTarget == 2)
      #expect(status.rotations == 0)
      #expect(status.lastFailure == nil)
      #expect(bench.state.value.attempts == 3)
    }
  }

  @Test func `a generation is replaced when its time has come`() async throws {
    let bench = Bench(RotationPolicy(interval: .seconds(100), maxUses: 0, pool: 1))
    try await bench.whileRunning { ring in
      await bench.until { $0.pool == 1 && $0.current != nil }
      await bench.clock.untilAsleep(1)
      bench.advance(by: 60)
      await bench.clock.untilAsleep(1)
      #expect(ring.current?.number == 1)
      bench.advance(by: 38)
      await bench.untilTold("current 2")
      #expect(ring.current?.number == 2)
      #expect(bench.state.value.told.contains("retired 1 age 0"))
    }
  }

  @Test func `a generation that was announced still opens its answer after it was replaced`() async throws {
    let bench = Bench(never, bits: 2048)
    let announced = try await bench.ring.rotate()
    let wrapped = try announced.privateKey.publicKey.wrap(.random())
    for expected in 2...4 { #expect(try await bench.ring.rotate().number == expected) }
    #expect(bench.ring.current !== announced)
    #expect(throws: Never.self) { _ = try announced.privateKey.unwrap(wrapped) }
    let current = try #require(bench.ring.current)
    #expect(throws: SealingError.unwrapFailed) { _ = try current.privateKey.unwrap(wrapped) }
  }

  @Test func `a replaced generation is freed with its last holder, and counted until then`() async throws {
    let bench = Bench(never)
    try await bench.ring.rotate()
    weak let first = bench.ring.current
    try await holding(bench.ring.announce(until: later)) {
      try await bench.ring.rotate()
      #expect(first != nil)
      #expect(bench.ring.status.retiring == 1)
    }
    #expect(first == nil)
    #expect(bench.ring.status.retiring == 0)
  }

  private func holding(_ generation: KeyGeneration, _ body: () async throws -> Void) async rethrows {
    try await body()
    withExtendedLifetime(generation) {}
  }

  @Test func `a used-up generation is let go although nothing can take its place`() async throws {
    let bench = Bench(RotationPolicy(interval: nil, maxUses: 1, pool: 0))
    try await bench.ring.rotate()
    bench.state.update { $0.permits = 0 }
    weak let only = try await bench.ring.announce(until: later)
    #expect(bench.ring.current == nil)
    // The thread that made it may still be on its way out.
    while only != nil { await Task.yield() }
    bench.state.update { $0.permits = .max }
    await bench.untilTold("current 2")
  }

  @Test func `callers who demand a rotation while one is on its way share it`() async throws {
    let bench = Bench(never)
    try await bench.ring.rotate()
    bench.state.update { $0.permits = 0 }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<10 { group.addTask { try await bench.ring.rotate().number } }
      while bench.ring.state.withLock({ $0.demands.count }) < 10 { await Task.yield() }
      bench.state.update { $0.permits = .max }
      for try await number in group { #expect(number == 2) }
    }
    #expect(bench.ring.status.rotations == 1)
    #expect(bench.state.value.attempts == 2)
  }

  @Test func `one who demands and goes away does not take the rotation along`() async throws {
    let bench = Bench(never)
    try await bench.ring.rotate()
    bench.state.update { $0.permits = 0 }
    let demand = Task { try await bench.ring.rotate() }
    while bench.ring.state.withLock({ $0.demands.count }) < 1 { await Task.yield() }
    demand.cancel()
    await #expect(throws: CancellationError.self) { try await demand.value }
    bench.state.update { $0.permits = .max }
    await bench.untilTold("current 2")
  }

  @Test func `a failure to make a pair leaves the current one and is tried again after a while`() async throws
  {
    let bench = Bench(never)
    try await bench.whileRunning { ring in
      await bench.untilTold("current 1")
      bench.state.update { $0.fails = true }
      await #expect(throws: Bench.Broken()) { try await ring.rotate() }
      #expect(ring.current?.number == 1)
      #expect(ring.status.lastFailure == "broken on purpose")
      await bench.untilTold("failed broken on purpose 1.0 seconds")
      bench.state.update { $0.fails = false }
      // The failure wakes the worker, which lies down anew for a second.
      await bench.clock.untilNaps([.seconds(1)])
      bench.advance(by: 1)
      await bench.untilTold("current 2")
      #expect(bench.state.value.told.contains("retired 1 demand 0"))
      #expect(ring.status.lastFailure == nil)
    }
  }

  @Test func `a pair is stored before it is current, and one that cannot be stored is not announced`()
    async throws
  {
    let bench = Bench(never, isStored: true)
    let first = try await bench.ring.rotate()
    #expect(bench.shelf.saved.withLock { $0 } == [first.fingerprint])
    bench.shelf.fails.withLock { $0 = true }
    await #expect(throws: Bench.Broken()) { try await bench.ring.rotate() }
    #expect(bench.ring.current === first)
    #expect(try await bench.ring.announce(until: later) === first)
    bench.shelf.fails.withLock { $0 = false }
    let second = try await bench.ring.rotate()
    #expect(bench.shelf.saved.withLock { $0 } == [first.fingerprint, second.fingerprint])
    // The pair that could not be stored was kept for the next try.
    #expect(bench.state.value.attempts == 2)
  }

  @Test func `a pair from before serves at once, and an old one is replaced at once`() async throws {
    let bench = Bench(RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 0), isStored: true)
    let pair = try Self.stored()
    bench.ring.adopt(pair, createdAt: 1_000_000 - 4000)
    #expect(try await bench.ring.announce(until: later).fingerprint == pair.publicKey.fingerprint)
    #expect(bench.shelf.saved.withLock { $0.isEmpty })
    try await bench.whileRunning { ring in
      await bench.untilTold("current 2")
      #expect(bench.state.value.told == ["current 1", "retired 1 age 1", "current 2"])
    }
  }

  @Test func `when the worker stops, who waits is sent away and who comes later too`() async throws {
    let bench = Bench(RotationPolicy(interval: nil, maxUses: 1, pool: 0))
    try await bench.ring.rotate()
    bench.state.update { $0.permits = 0 }
    _ = try await bench.ring.announce(until: later)
    let waiter = Task { try await bench.ring.announce(until: .now + .seconds(60)) }
    await bench.until { $0.waiting == 1 }
    try await bench.whileRunning { _ in }
    await #expect(throws: KeyShortage.closed) { try await waiter.value }
    await #expect(throws: KeyShortage.closed) { try await bench.ring.announce(until: .now + .seconds(60)) }
    await #expect(throws: KeyShortage.closed) { try await bench.ring.rotate() }
    bench.state.update { $0.permits = .max }
  }

  // MARK: Whether it comes round, which the watchdog asks

  @Test func `a worker that naps, and one that is not there, answer at once`() async throws {
    let bench = Bench(RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 0))
    await bench.ring.respond()
    try await bench.whileRunning { ring in
      await bench.until { $0.current != nil }
      // The clock stands still: nobody's nap is over.
      for _ in 0..<100 { await ring.respond() }
      await withTaskGroup { group in
        for _ in 0..<50 { group.addTask { await ring.respond() } }
      }
    }
    await bench.ring.respond()
  }

  @Test func `a thread that is stuck making a pair that somebody waits for keeps the answer back`()
    async throws
  {
    let bench = Bench(never)
    bench.state.update { $0.permits = 0 }
    let rotating = Task { try await bench.ring.rotate() }
    await bench.state.until { $0.attempts == 1 }
    let answered = Watched(false)
    let asking = Task {
      await bench.ring.respond()
      answered.update { $0 = true }
    }
    for _ in 0..<100 { await Task.yield() }
    #expect(!answered.value)
    bench.state.update { $0.permits = 1 }
    await asking.value
    _ = try await rotating.value
  }

  @Test func `making a pair ahead, which may take minutes on a busy machine, keeps no answer back`()
    async throws
  {
    let bench = Bench(RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 1))
    // There is a current pair before anybody makes one ahead.
    try await bench.ring.rotate()
    bench.state.update { $0.permits = 0 }
    try await bench.whileRunning { ring in
      await bench.state.until { $0.attempts == 2 }
      await ring.respond()
      #expect(ring.status.pool == 0)
      bench.state.update { $0.permits = 1 }
    }
  }
}
