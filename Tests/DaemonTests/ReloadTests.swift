import InMemoryLogging
import Logging
import Platform
import Settings
import Testing
import Tokens

@testable import Daemon

@Suite struct ReloadTests {
  private let log = InMemoryLogHandler()
  private let adopted = Locked<[Int]>([])

  private func reloader(_ read: @escaping @Sendable () throws -> Settings) -> Reloader {
    Reloader(
      start: Settings(), logger: Logger(label: "test") { [log] _ in log }, read: read,
      adopt: { [adopted] new throws(ConfigurationFaults) in
        if new.router.retries == 9 { throw Self.faults }
        adopted.withLock { $0.append(new.router.retries) }
      })
  }

  private static let faults = ConfigurationFaults(faults: [
    ConfigurationFault(
      key: "listen", source: .environment("NOMYO_PROXY_LISTEN"), problem: "no", allowed: "yes"),
    ConfigurationFault(key: "router.url", source: .environment("X"), problem: "no", allowed: "yes"),
  ])

  private var lines: [String] {
    log.entries.map { entry in
      "\(entry.level) \(entry.message) \(entry.metadata["changed"] ?? entry.metadata["keys"] ?? "")"
    }
  }

  @Test func `what changed is in force`() async {
    var new = Settings()
    (new.router.retries, new.stream.keepalive) = (5, .seconds(3))
    let reloader = reloader { [new] in new }
    let outcome = await reloader.reload()
    #expect(adopted.withLock { $0 } == [5])
    #expect(outcome.isTaken && outcome.changed == ["router.retries", "stream.keepalive"])
    #expect(lines == ["notice configuration reloaded router.retries stream.keepalive"])
    #expect(await reloader.reload().changed == [], "it is what was read last")
    #expect(await reloader.last?.changed == [])
  }

  @Test func `tokens that came, went or were replaced are named, also when only their file changed`()
    async throws
  {
    func settings(_ lines: [String]) throws -> Settings {
      var settings = Settings()
      settings.access.tokensFile = "/tokens"
      settings.access.tokens = try TokenList(parsing: Array(lines.joined(separator: "\n").utf8))
      return settings
    }
    let (one, two) = (String(repeating: "1", count: 64), String(repeating: "2", count: 64))
    let three = String(repeating: "3", count: 64)
    let old = try settings(["a:\(one)", "b:\(two)"])
    let new = try settings(["b:\(three)", "c:\(one)"])
    let next = Locked(old)
    let reloader = reloader { next.withLock { $0 } }
    #expect(await reloader.reload().changed == ["access.tokens_file", "access.tokens"])
    next.withLock { $0 = new }
    #expect(await reloader.reload().changed == ["access.tokens"])
    let metadata = try #require(log.entries.last?.metadata)
    #expect(metadata["tokens_added"] == "c" && metadata["tokens_removed"] == "a")
    #expect(metadata["tokens_replaced"] == "b" && metadata["changed"] == "access.tokens")
    #expect(await reloader.reload().changed == [])
    #expect(log.entries.last?.metadata["tokens_added"] == nil)
  }

  @Test func `where something needs a restart nothing changes: a new API key must not go to the old router`()
    async
  {
    var new = Settings()
    (new.router.retries, new.listen, new.router.keyRefresh) = (5, ["127.0.0.1:1"], .seconds(1))
    let outcome = await reloader { [new] in new }.reload()
    #expect(adopted.withLock { $0.isEmpty })
    #expect(
      outcome.faults
        == ["listen", "router.key_refresh"].map {
          "\($0) has changed, which needs a restart: restart, or take it back and reload"
        })
    #expect(
      lines == ["error configuration not reloaded: restart for these changes listen router.key_refresh"])
  }

  @Test func `the same again is nothing`() async {
    #expect(await reloader { Settings() }.reload().isTaken)
    #expect(lines == ["notice configuration reloaded nothing"])
  }

  @Test func `a faulty configuration changes nothing, and every fault is told`() async {
    let outcome = await reloader { throw Self.faults }.reload()
    #expect(!outcome.isTaken && outcome.faults == Self.faults.faults.map(\.description))
    var nowhere = Settings()
    nowhere.router.retries = 9
    let reloader = reloader { [nowhere] in nowhere }
    #expect(await reloader.reload() == reloader.last)
    #expect(adopted.withLock { $0.isEmpty })
    #expect(lines == [String](repeating: "error configuration not reloaded ", count: 4))
  }

  @Test func `a key that is new, and one that is gone, are told, and what a caller's key is then used for`()
    async
  {
    let key = Locked<Secret?>(nil)
    let reloader = reloader {
      var settings = Settings()
      settings.router.apiKey = key.withLock { $0 }
      return settings
    }
    key.withLock { $0 = Secret("one") }
    #expect(await reloader.reload().changed == ["router.api_key"])
    key.withLock { $0 = nil }
    #expect(await reloader.reload().changed == ["router.api_key"])
    #expect(lines.last?.hasPrefix("warning no API key: each caller's own key goes to the router") == true)
    #expect(lines.count == 3)
  }

  @Test func `every key that takes effect without a restart is one`() {
    #expect(SettingKey.reloadable.isSubset(of: SettingKey.all.map(\.name)))
  }
}
