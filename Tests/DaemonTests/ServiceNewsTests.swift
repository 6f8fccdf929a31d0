import InMemoryLogging
import Logging
import Platform
import Service
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1))) struct ServiceNewsTests {
  private let states = Locked<[String]>([])
  private let log = InMemoryLogHandler()
  private let status = Locked(StatusSamples.early)

  private func news() async -> ServiceNews {
    let news = ServiceNews(
      start: .now, notifier: ServiceNotifier { [states] state in states.withLock { $0.append(state) } },
      logger: Logger(label: "test") { [log] _ in log })
    await news.watch { [status] in status.withLock { $0 } }
    return news
  }

  private var told: [String] { states.withLock { $0 } }

  @Test func `it is ready when the keys are there and callers are let in, whichever comes last`() async {
    for isListeningFirst in [true, false] {
      status.withLock { $0 = StatusSamples.early }
      states.withLock { $0 = [] }
      log.clear()
      let news = await news()
      if isListeningFirst { await news.listens() } else { status.withLock { $0 = StatusSamples.serving } }
      await news.changed()
      #expect(!told.contains { $0.hasPrefix("READY") } && log.entries.isEmpty)
      if isListeningFirst { status.withLock { $0 = StatusSamples.serving } } else { await news.listens() }
      await news.changed()
      await news.changed()
      #expect(told.filter { $0.hasPrefix("READY=1\nSTATUS=Ready; client key 1") }.count == 1)
      #expect(log.entries.map(\.message) == ["ready"])
    }
  }

  @Test func `however many look at once, ready is said once`() async {
    status.withLock { $0 = StatusSamples.serving }
    let news = await news()
    await withTaskGroup { group in
      for number in 0..<100 {
        group.addTask { if number % 2 == 0 { await news.listens() } else { await news.changed() } }
      }
    }
    #expect(told.filter { $0.hasPrefix("READY") }.count == 1 && log.entries.count == 1)
  }

  @Test func `a stop before it is ready is the last word but for the drain`() async {
    let news = await news()
    await news.stops(0, within: .zero)
    status.withLock { $0 = StatusSamples.serving }
    await news.listens()
    await news.reloadBegan()
    await news.reloadEnded()
    #expect(told == ["STOPPING=1\nSTATUS=Draining: 0 in flight, at most 0 s\nEXTEND_TIMEOUT_USEC=10000000"])
    #expect(log.entries.isEmpty)
  }

  @Test func `a reload is told with the time by which systemd knows it`() async throws {
    status.withLock { $0 = StatusSamples.serving }
    let news = await news()
    await news.listens()
    await news.reloadBegan()
    await news.reloadEnded()
    let reloading = try #require(told.first { $0.hasPrefix("RELOADING=1\n") })
    let time = try #require(reloading.firstMatch(of: /MONOTONIC_USEC=([0-9]+)\n/).flatMap { Int($0.1) })
    let now = ContinuousClock().systemEpoch.duration(to: .now)
    // CLOCK_MONOTONIC leaves out the time that the machine slept.
    #expect(time > 0 && Duration.microseconds(time) <= now)
    #expect(told.last?.hasPrefix("READY=1\n") == true)
  }
}
