import Platform
import Sealing
import TestTwins
import Testing

@testable import ClientKeys

/// One use for each pair, and fewer pairs than requests.
@Suite(.timeLimit(.minutes(2))) struct KeyShortageTests {
  private static let single = RotationPolicy(interval: nil, maxUses: 1, pool: 0)

  private static var later: ContinuousClock.Instant { .now + .seconds(60) }

  /// A ring whose only pair was used, and which gets no more until told.
  private func drained() async throws -> Bench {
    let bench = Bench(Self.single)
    try await bench.ring.rotate()
    bench.state.update { $0.permits = 0 }
    _ = try await bench.ring.announce(until: Self.later)
    return bench
  }

  @Test func `who waits is served in the order of arrival`() async throws {
    let bench = try await drained()
    let served = Watched<[Int: Int]>([:])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for place in 1...5 {
        group.addTask {
          let generation = try await bench.ring.announce(until: Self.later)
          served.update { $0[place] = generation.number }
        }
        await bench.until { $0.waiting == place }
      }
      for place in 1...5 {
        bench.state.update { $0.permits = 1 }
        await served.until { $0.count == place }
      }
      try await group.waitForAll()
    }
    #expect(served.value == [1: 2, 2: 3, 3: 4, 4: 5, 5: 6])
    bench.state.update { $0.permits = .max }
  }

  @Test func `one who was cancelled leaves the line, and the next moves up`() async throws {
    let bench = try await drained()
    let first = Task { try await bench.ring.announce(until: Self.later) }
    await bench.until { $0.waiting == 1 }
    let second = Task { try await bench.ring.announce(until: Self.later) }
    await bench.until { $0.waiting == 2 }
    first.cancel()
    await #expect(throws: KeyShortage.cancelled) { try await first.value }
    #expect(bench.ring.status.waiting == 1)
    bench.state.update { $0.permits = .max }
    #expect(try await second.value.number == 2)
    #expect(bench.ring.state.withLock { $0.requests.count } == 0)
  }

  @Test func `who waits for the first pair gets it, and is told when it does not come in time`() async throws
  {
    let bench = Bench(RotationPolicy(interval: nil, maxUses: 0, pool: 0))
    bench.state.update { $0.permits = 0 }
    let hasty = Task { try await bench.ring.announce(until: .now + .seconds(60)) }
    await bench.until { $0.waiting == 1 }
    await bench.clock.untilAsleep(1)
    bench.advance(by: 61)
    await #expect(throws: KeyShortage.notReady) { try await hasty.value }
    let patient = Task { try await bench.ring.announce(until: Self.later) }
    await bench.until { $0.waiting == 1 }
    bench.state.update { $0.permits = .max }
    #expect(try await patient.value.number == 1)
  }

  @Test func `nobody waits beyond the deadline`() async throws {
    let bench = try await drained()
    let waiter = Task { try await bench.ring.announce(until: .now + .seconds(60)) }
    await bench.until { $0.waiting == 1 }
    await bench.clock.untilAsleep(1)
    #expect(bench.ring.status.current == nil)
    bench.clock.advance(by: .seconds(61))
    await #expect(throws: KeyShortage.deadlinePassed) { try await waiter.value }
    #expect(bench.ring.status.waiting == 0)
    await #expect(throws: KeyShortage.deadlinePassed) { try await bench.ring.announce(until: .now) }
    bench.state.update { $0.permits = .max }
    await bench.untilTold("current 2")
    #expect(bench.ring.state.withLock { $0.requests.count } == 0)
  }

  @Test func `a full pool serves at once, without waiting for the clock`() async throws {
    let bench = Bench(RotationPolicy(interval: nil, maxUses: 1, pool: 3))
    try await bench.whileRunning { ring in
      await bench.until { $0.pool == 3 && $0.current != nil }
      bench.state.update { $0.permits = 0 }
      // The deadline has passed already: whoever had to wait would fail.
      for expected in 1...4 {
        let generation = try await ring.announce(until: .now)
        #expect(generation.number == expected)
      }
      await #expect(throws: KeyShortage.deadlinePassed) { try await ring.announce(until: .now) }
      bench.state.update { $0.permits = .max }
    }
  }

  @Test(arguments: [1, 3], [0, 2])
  func `no pair is announced more often than allowed, whoever comes and goes`(
    maxUses: Int, pool: Int
  ) async throws {
    let bench = Bench(RotationPolicy(interval: nil, maxUses: maxUses, pool: pool), makers: 2)
    try await bench.whileRunning { ring in
      await bench.untilTold("current 1")
      let uses = Watched<[KeyFingerprint: Int]>([:])
      await withTaskGroup(of: Void.self) { group in
        for visitor in 0..<60 {
          let visit = Task {
            guard let generation = try? await ring.announce(until: Self.later) else { return }
            uses.update { $0[generation.fingerprint, default: 0] += 1 }
          }
          if visitor % 5 == 0 { visit.cancel() }
          group.addTask { await visit.value }
        }
      }
      #expect(uses.value.values.max() ?? 0 <= maxUses)
      #expect(uses.value.values.reduce(0, +) >= 48)
      #expect(ring.status.waiting == 0)
    }
  }
}
