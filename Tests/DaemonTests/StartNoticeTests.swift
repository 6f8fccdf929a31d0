import InMemoryLogging
import Logging
import Platform
import Service
import Testing

@testable import Daemon

@Suite struct StartNoticeTests {
  private let states = Locked<[String]>([])
  private let log = InMemoryLogHandler()

  private func notice() -> StartNotice {
    StartNotice(
      start: .now, notifier: ServiceNotifier { [states] state in states.withLock { $0.append(state) } },
      logger: Logger(label: "test") { [log] _ in log })
  }

  @Test(
    arguments: [
      ([.clientKey, .routerKey, .listener], ["the router's key and the listener", "the listener"]),
      ([.listener, .routerKey, .clientKey], ["a client key and the router's key", "a client key"]),
      ([.routerKey, .listener, .clientKey], ["a client key and the listener", "a client key"]),
    ] as [([StartNotice.Part], [String])])
  func `in any order the last part makes it ready, and until then it says what is missing`(
    parts: [StartNotice.Part], waits: [String]
  ) async {
    let notice = notice()
    for part in parts { await notice.isThere(part) }
    #expect(states.withLock { $0 } == waits.map { "STATUS=Waiting for \($0)" } + ["READY=1\nSTATUS=Ready"])
    #expect(log.entries.map(\.message) == ["ready"])
    #expect(log.entries.first?.level == .notice)
  }

  @Test func `a part that comes again says nothing, before and after it is ready`() async {
    let notice = notice()
    await notice.isThere(.listener)
    await notice.isThere(.listener)
    #expect(states.withLock { $0.count } == 1)
    await notice.isThere(.clientKey)
    await notice.isThere(.routerKey)
    for part in StartNotice.Part.allCases { await notice.isThere(part) }
    #expect(states.withLock { $0.count } == 3)
    #expect(log.entries.count == 1)
  }

  @Test func `however many say it at once, ready is said once and last`() async {
    for _ in 1...100 {
      let states = Locked<[String]>([])
      let notice = StartNotice(
        start: .now, notifier: ServiceNotifier { state in states.withLock { $0.append(state) } },
        logger: Logger(label: "test") { [log] _ in log })
      await withTaskGroup { group in
        for part in StartNotice.Part.allCases + StartNotice.Part.allCases {
          group.addTask { await notice.isThere(part) }
        }
      }
      let said = states.withLock { $0 }
      #expect(said.count == 3)
      #expect(said.last == "READY=1\nSTATUS=Ready")
      #expect(said.filter { $0.hasPrefix("READY") }.count == 1)
    }
  }
}
