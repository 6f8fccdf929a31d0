import InMemoryLogging
import Logging
import Pacing
import Platform
import Service
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1))) struct BreakerNewsTests {
  private let states = Locked<[String]>([])
  private let log = InMemoryLogHandler()
  private let service: ServiceNews
  private let news: BreakerNews
  private let own = KeyID.digest([0])
  private let other = KeyID.digest([1])

  init() {
    let (states, log) = (states, log)
    let logger = Logger(label: "test") { _ in log }
    service = ServiceNews(
      start: .now, notifier: ServiceNotifier { state in states.withLock { $0.append(state) } },
      logger: logger)
    news = BreakerNews(ownKey: own, news: service, logger: logger)
  }

  private var lines: [String] {
    log.entries.map { "\($0.level) \($0.message) \($0.metadata["cause"] ?? $0.metadata["after"] ?? "")" }
  }

  @Test func `the log has one line when sending stops and one when it goes on, whatever is tried meanwhile`()
  {
    for until in 1...50 {
      news.changed(.configured, to: .open(.unreachable, until: .seconds(until)))
      news.changed(.configured, to: .halfOpen(.unreachable))
    }
    news.changed(.configured, to: .closed)
    #expect(lines == ["warning sending stopped unreachable", "notice sending again unreachable"])
    #expect(news.text == nil)
  }

  @Test func `a graver cause is news, and so is each key`() {
    news.changed(own, to: .open(.unavailable, until: .seconds(1)))
    news.changed(own, to: .open(.coolDown, until: .seconds(1800)))
    news.changed(other, to: .open(.unreachable, until: .seconds(5)))
    #expect(lines.count == 3)
    #expect(news.text == "Nothing is sent: the router has excluded the API key for a while")
    news.changed(own, to: .closed)
    #expect(news.text == "Nothing is sent: the router cannot be reached")
  }

  @Test func `a caller's own key that is refused is no alarm`() {
    news.changed(other, to: .open(.unauthorized, until: .seconds(5)))
    #expect(lines == ["info sending stopped unauthorized"] && news.text == nil)
    news.changed(own, to: .open(.unauthorized, until: .seconds(5)))
    #expect(lines.last == "warning sending stopped unauthorized")
    #expect(news.text == "Nothing is sent: the router refuses the API key")
  }

  @Test func `after a reload another key is the own one, and what held the old one back is over`() {
    news.changed(own, to: .open(.unauthorized, until: .seconds(5)))
    news.adopt(other)
    #expect(news.text == nil && news.ownKey == other)
    news.changed(other, to: .open(.unauthorized, until: .seconds(5)))
    #expect(lines.last == "warning sending stopped unauthorized")
    #expect(news.text == "Nothing is sent: the router refuses the API key")
    news.adopt(nil)
    #expect(news.text == nil && news.ownKey == nil)
  }

  @Test func `the service manager is told while the daemon is ready, and never after it stops`() async throws
  {
    await service.watch { StatusSamples.serving }
    await service.isHeld { "held" }
    #expect(states.withLock { !$0.contains { $0.contains("held") } })
    await service.listens()
    #expect(states.withLock { $0.last }?.hasPrefix("READY=1\nSTATUS=held; client key 1") == true)
    await service.stops(0, within: .seconds(5))
    await service.isHeld { "held" }
    #expect(
      states.withLock { $0.last }
        == "STOPPING=1\nSTATUS=Draining: 0 in flight, at most 5 s\nEXTEND_TIMEOUT_USEC=15000000")
  }
}
