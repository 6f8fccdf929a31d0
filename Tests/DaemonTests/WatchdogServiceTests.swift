import ClientKeys
import InMemoryLogging
import Logging
import Platform
import Testing
import TestTwins

@testable import Daemon

/// The watchdog with parts that are stuck, each in turn.
@Suite(.timeLimit(.minutes(1))) struct WatchdogServiceTests {
  private let clock = ManualClock()
  private let log = InMemoryLogHandler()
  private let meals = Watched(0)
  private let asked = Watched<[String: Int]>([:])
  private let stuck = Watched<Set<String>>([])
  private let names = ["listener", "router", "client-keys", "opening"]

  private func service() -> WatchdogService {
    WatchdogService(
      interval: .seconds(30),
      parts: names.map { name in
        .init(name: name) { [stuck, asked] in
          asked.update { $0[name, default: 0] += 1 }
          await stuck.until { !$0.contains(name) }
        }
      }, clock: clock, logger: Logger(label: "test") { [log] _ in log }
    ) { [meals] in meals.update { $0 += 1 } }
  }

  private func untilAsked(_ times: Int) async {
    await asked.until { [names] asked in names.allSatisfy { asked[$0] == times } }
  }

  @Test func `it is fed again and again while everything answers`() async {
    let watching = Task { await service().watch() }
    for round in 1...10 {
      await meals.until { $0 == round }
      await untilAsked(round)
      await clock.untilAsleep()
      clock.advance(by: .seconds(15))
      // Answers are on their way over the pool; the one that comes last may be the one that feeds.
    }
    await meals.until { $0 == 11 }
    watching.cancel()
    clock.advance(by: .seconds(15))
    await watching.value
  }

  @Test(arguments: ["listener", "router", "client-keys", "opening"])
  func `one part that is stuck starves it until it comes round again`(name: String) async {
    stuck.update { $0 = [name] }
    let watching = Task { await service().watch() }
    await untilAsked(1)
    for _ in 1...8 {
      await clock.untilAsleep()
      clock.advance(by: .seconds(15))
    }
    await clock.untilAsleep()
    #expect(meals.value == 1)
    #expect(log.entries.contains { $0.level == .error && "\($0.metadata["parts"] ?? "")".contains(name) })
    #expect(asked.value[name] == 1, "a part that is stuck is not asked again and again")
    stuck.update { $0 = [] }
    await meals.until { $0 == 2 }
    watching.cancel()
    clock.advance(by: .seconds(15))
    await watching.value
  }
}
