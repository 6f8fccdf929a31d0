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
  private let notice: StartNotice
  private let news: BreakerNews
  private let own = KeyID.digest([0])
  private let other = KeyID.digest([1])

  init() {
    let (states, log) = (states, log)
    let logger = Logger(label: "test") { _ in log }
    notice = StartNotice(
      start: .now, notifier: ServiceNotifier { state in states.withLock { $0.append(state) } },
      logger: logger)
    news = BreakerNews(ownKey: own, notice: notice, logger: logger)
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

  @Test func `the service manager is told once the daemon is ready, and never after it stops`() async {
    await notice.isHeld { "held" }
    #expect(states.withLock { $0.isEmpty })
    for part in StartNotice.Part.allCases { await notice.isThere(part) }
    #expect(states.withLock { $0.last } == "READY=1\nSTATUS=held")
    await notice.isHeld { nil }
    #expect(states.withLock { $0.last } == "STATUS=Ready")
    await notice.isStopped(status: "Draining")
    await notice.isHeld { "held" }
    #expect(states.withLock { $0.last } == "STOPPING=1\nSTATUS=Draining")
  }
}
