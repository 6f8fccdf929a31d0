import Foundation
import InMemoryLogging
import Logging
import Platform
import Settings
import Testing

@testable import Daemon

@Suite struct ReloadTests {
  private let log = InMemoryLogHandler()
  private let adopted = Locked<[Int]>([])

  private func service(_ read: @escaping @Sendable () throws -> Settings) -> ReloadService {
    ReloadService(
      read: read,
      adopt: { [adopted] new throws(ConfigurationFaults) in
        if new.router.retries == 9 { throw Self.faults }
        adopted.withLock { $0.append(new.router.retries) }
      }, start: Settings(), logger: Logger(label: "test") { [log] _ in log })
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

  @Test func `what changed is in force`() {
    var new = Settings()
    (new.router.retries, new.stream.keepalive) = (5, .seconds(3))
    var current = Settings()
    service { [new] in new }.reload(&current)
    #expect(adopted.withLock { $0 } == [5])
    #expect(current.router.retries == 5)
    #expect(lines == ["notice configuration reloaded router.retries stream.keepalive"])
  }

  @Test func `where something needs a restart nothing changes: a new API key must not go to the old router`()
  {
    var new = Settings()
    (new.router.retries, new.listen, new.router.keyRefresh) = (5, ["127.0.0.1:1"], .seconds(1))
    var current = Settings()
    service { [new] in new }.reload(&current)
    #expect(adopted.withLock { $0.isEmpty } && current.router.retries == 2)
    #expect(
      lines == ["error configuration not reloaded: restart for these changes listen router.key_refresh"])
  }

  @Test func `the same again is nothing`() {
    var current = Settings()
    service { Settings() }.reload(&current)
    #expect(lines == ["notice configuration reloaded nothing"])
  }

  @Test func `a faulty configuration changes nothing, and every fault is told`() {
    var current = Settings()
    service { throw Self.faults }.reload(&current)
    var nowhere = Settings()
    nowhere.router.retries = 9
    service { [nowhere] in nowhere }.reload(&current)
    #expect(adopted.withLock { $0.isEmpty } && current.router.retries == 2)
    #expect(lines == [String](repeating: "error configuration not reloaded ", count: 4))
  }

  @Test func `the page for operators names what takes effect without a restart`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/operations.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "## Reload\n").last?.components(separatedBy: "\n## ").first)
    let keys = Set(SettingKey.all.map(\.name))
    let named = section.matches(of: /`([a-z_.]+)`/).map { String($0.1) }.filter(keys.contains)
    #expect(Set(named) == ReloadService.reloadable)
  }

  @Test func `every key that takes effect without a restart is one`() {
    #expect(ReloadService.reloadable.isSubset(of: SettingKey.all.map(\.name)))
  }
}
