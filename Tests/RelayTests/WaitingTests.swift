import Listener
import Platform
import TestTwins
import Testing

@testable import Relay

@Suite(.timeLimit(.minutes(1))) struct WaitingTests {
  private let clock = ManualClock()
  private let ticks = Watched(0)
  private let gate = Watched<String?>(nil)
  private let schedule = WaitSchedule(first: .seconds(5), interval: .seconds(10))

  /// Waits for the gate, and for the end of the task.
  private func work() -> @Sendable () async -> String {
    { [gate] in
      await gate.until { $0 != nil }
      return gate.value ?? "cancelled"
    }
  }

  private func begin(goneAt last: Int = .max) -> Task<String, any Error> {
    Task { [clock, ticks, schedule, work = work()] in
      try await waiting(for: work, schedule: schedule, clock: clock) { () async throws(CallerGone) in
        let count = ticks.update { ticks in
          ticks += 1
          return ticks
        }
        if count >= last { throw CallerGone() }
      }
    }
  }

  @Test func `work that ends early is never interrupted by a tick`() async throws {
    gate.update { $0 = "done" }
    #expect(try await begin().value == "done")
    #expect(ticks.value == 0)
    #expect(clock.sleeperCount == 0)
  }

  @Test func `the first tick comes after the first wait, the others after the interval`() async throws {
    let task = begin()
    await clock.untilAsleep()
    clock.advance(by: .milliseconds(4999))
    #expect(clock.sleeperCount == 1 && ticks.value == 0)
    clock.advance(by: .milliseconds(1))
    for expected in 1...3 {
      await ticks.until { $0 == expected }
      await clock.untilAsleep()
      clock.advance(by: .milliseconds(9999))
      #expect(clock.sleeperCount == 1 && ticks.value == expected)
      clock.advance(by: .milliseconds(1))
    }
    await ticks.until { $0 == 4 }
    gate.update { $0 = "done" }
    #expect(try await task.joined() == "done")
    #expect(ticks.value == 4)
    #expect(clock.naps.prefix(2) == [.seconds(5), .seconds(10)])
  }

  @Test func `a tick that fails cancels the work and is what the waiting ends with`() async throws {
    let task = begin(goneAt: 2)
    await clock.untilAsleep()
    clock.advance(by: .seconds(5))
    await clock.untilNaps(2)
    clock.advance(by: .seconds(10))
    await #expect(throws: CallerGone()) { _ = try await task.joined() }
    #expect(ticks.value == 2)
    #expect(clock.sleeperCount == 0)
  }

  @Test func `cancelling ends the work and its outcome is returned, without another tick`() async throws {
    let task = begin()
    await clock.untilAsleep()
    task.cancel()
    #expect(try await task.joined() == "cancelled")
    #expect(ticks.value == 0)
  }

  @Test func `cancelling while the work does not listen is no busy loop`() async throws {
    let clock = clock
    let ticks = ticks
    let isOver = gate
    let task = Task { [schedule] in
      try await waiting(
        for: {
          // Deaf: the task's cancellation does not reach the one that waits.
          await Task.detached { await isOver.until { $0 != nil } }.value
          return Task.isCancelled
        }, schedule: schedule, clock: clock
      ) { () async throws(CallerGone) in ticks.update { $0 += 1 } }
    }
    await clock.untilAsleep()
    task.cancel()
    // A loop that spun would lie down again and again; the one that does not has nothing left that sleeps.
    await clock.untilAsleep(0)
    for _ in 1...100 { await Task.yield() }
    #expect(clock.naps.count == 1)
    isOver.update { $0 = "over" }
    #expect(try await task.joined() == true)
    #expect(clock.naps.count == 1 && ticks.value == 0)
  }
}
