import Platform
import Sealing
import TestTwins
import Testing

@testable import ClientKeys

/// Nothing is lost to rotations.
@Suite(.timeLimit(.minutes(3))) struct RotationUnderLoadTests {
  private static var later: ContinuousClock.Instant { .now + .seconds(120) }

  private struct Tally: Sendable {
    var announced = 0
    var opened = 0
    /// How many were opened by a generation that was no longer the current one.
    var openedLate = 0
  }

  @Test func `no exchange is lost across 200 rotations under load`() async throws {
    let bench = Bench(RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 2))
    let tally = Watched(Tally())
    let isOver = Watched(false)
    try await bench.whileRunning { ring in
      try await ring.rotate()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            while !isOver.value { try await Self.exchange(ring, tally) }
          }
        }
        for _ in 0..<200 { try await ring.rotate() }
        isOver.update { $0 = true }
        try await group.waitForAll()
      }
      #expect(ring.status.rotations >= 200)
      // Whoever brought the last one may still be on the way out.
      await bench.until { $0.retiring == 0 }
    }
    let result = tally.value
    #expect(result.announced > 200)
    #expect(result.opened == result.announced)
    #expect(result.openedLate > 0, "the load never met a rotation")
  }

  private static func exchange(_ ring: ClientKeyRing, _ tally: Watched<Tally>) async throws {
    let generation = try await ring.announce(until: later)
    tally.update { $0.announced += 1 }
    let wrapped = try generation.privateKey.publicKey.wrap(.random())
    await Task.yield()
    _ = try generation.privateKey.unwrap(wrapped)
    let isLate = ring.current !== generation
    tally.update {
      $0.opened += 1
      if isLate { $0.openedLate += 1 }
    }
  }

  @Test(arguments: [0, 1])
  func `no exchange is lost with a rotation between announcing and opening of each`(maxUses: Int) async throws
  {
    let bench = Bench(RotationPolicy(interval: nil, maxUses: maxUses, pool: 2))
    try await bench.whileRunning { ring in
      try await ring.rotate()
      var opened = 0
      for _ in 0..<40 {
        let generation = try await ring.announce(until: Self.later)
        let wrapped = try generation.privateKey.publicKey.wrap(.random())
        let next = try await ring.rotate()
        #expect(next.number > generation.number)
        _ = try generation.privateKey.unwrap(wrapped)
        opened += 1
      }
      #expect(opened == 40)
    }
  }
}
