import Glibc
import Platform
import Sealing
import Testing

@testable import RouterTrust

/// Which keys the cache gives out, with a record and without.
@Suite(.timeLimit(.minutes(2))) struct TrustedKeyTests {
  private let directory = TemporaryDirectory()
  private let router = PlainRouter(.first)
  private let clock = TestClock()

  private func cache(
    _ policy: TrustPolicy = TrustPolicy(mode: .firstUse), isRecorded: Bool = true
  ) -> RouterKeyCache {
    RouterKeyCache(
      router: routerURL, policy: policy, minimumBits: 4096, record: isRecorded ? directory.record : nil,
      log: isRecorded ? directory.log : nil, wallClock: { 1_800_000_000 }, clock: clock.look
    ) { [router] in try router.fetch() }
  }

  private func events() throws -> [String] {
    let chain = try directory.log.verify()
    #expect(chain.flaw == nil && chain.tornBytes == 0)
    return chain.entries.map { "\($0.event.rawValue) by \($0.acceptedBy?.rawValue ?? "none")" }
  }

  private func refusal(_ shown: TestKey, _ trusted: TestKey..., mode: TrustMode = .firstUse)
    -> UntrustedRouterKey
  {
    UntrustedRouterKey(
      router: routerURL, shown: shown.fingerprint, trusted: trusted.map(\.fingerprint), mode: mode)
  }

  @Test(arguments: [true, false])
  func `another key than the first is refused, and nothing is sealed while it is shown`(isRecorded: Bool)
    async throws
  {
    let cache = cache(isRecorded: isRecorded)
    let first = try await cache.current()
    router.show(.second)
    await #expect(throws: refusal(.second, .first)) { try await cache.refresh() }
    await #expect(throws: refusal(.second, .first)) { try await cache.current() }
    await #expect(throws: refusal(.second, .first)) { try await cache.replacement(for: first) }
    #expect(await cache.knownKey?.publicKey.fingerprint == nil)
    let status = await cache.status
    #expect(status.refused == TestKey.second.fingerprint)
    #expect(status.trusted?.fingerprint == TestKey.first.fingerprint)
    #expect(status.trusted?.acceptedBy == "first-use")
  }

  @Test(arguments: [["trust.json"], ["trust.json", "trust.log"]])
  func `a record that is taken away while the daemon runs is no fresh start`(names: [String]) async throws {
    let cache = cache()
    _ = try await cache.current()
    for name in names { directory[name] = nil }
    router.show(.second)
    await #expect(throws: refusal(.second, .first)) { try await cache.refresh() }
    #expect(await cache.status.warning?.contains("trust.json") == true)
    router.show(.first)
    clock.advance(by: .seconds(60))
    #expect(try await cache.current().publicKey.fingerprint == TestKey.first.fingerprint)
    #expect(directory["trust.json"] == nil)
  }

  @Test func `a refusal ends when the trusted key is shown again`() async throws {
    let cache = cache()
    _ = try await cache.current()
    router.show(.second)
    _ = try? await cache.refresh()
    router.show(.first)
    clock.advance(by: .seconds(1))
    #expect(try await cache.current().publicKey.fingerprint == TestKey.first.fingerprint)
    #expect(await cache.status.refused == nil)
    #expect(await cache.status.lastFailure == nil)
    #expect(try events() == ["seen-first by first-use", "refused by none", "changed by first-use"])
  }

  @Test func `a fetch that fails does not end a refusal`() async throws {
    let cache = cache()
    _ = try await cache.current()
    router.show(.second)
    _ = try? await cache.refresh()
    router.fail()
    clock.advance(by: .seconds(1))
    await #expect(throws: Unreachable()) { try await cache.current() }
    #expect(await cache.knownKey?.publicKey.fingerprint == nil)
    #expect(await cache.status.refused == TestKey.second.fingerprint)
  }

  @Test func `the refusal names both keys and the command`() {
    let text = "\(refusal(.second, .first))"
    #expect(text.contains("trusted is \(TestKey.first.fingerprint)"))
    #expect(text.contains("nomyo-proxy trust accept \(TestKey.second.fingerprint)"))
    let pinned = "\(refusal(.second, .first, .third, mode: .pinned))"
    #expect(pinned.contains("add \(TestKey.second.fingerprint) to router.pins"))
    #expect(pinned.contains("\(TestKey.first.fingerprint), \(TestKey.third.fingerprint)"))
  }

  @Test(arguments: [true, false])
  func `an accepted key is in use at once, and the one before no longer`(isRecorded: Bool) async throws {
    let cache = cache(isRecorded: isRecorded)
    let before = try await cache.current()
    router.show(.second)
    _ = try? await cache.refresh()
    let status = try await cache.accept(TestKey.second.fingerprint)
    #expect(status.refused == nil)
    #expect(status.trusted?.acceptedBy == "operator")
    #expect(try await cache.current().publicKey.fingerprint == TestKey.second.fingerprint)
    #expect(try await cache.replacement(for: before)?.publicKey.fingerprint == TestKey.second.fingerprint)
    router.show(.first)
    await #expect(throws: refusal(.first, .second)) { try await cache.refresh() }
  }

  @Test func `accepting beside the others keeps both`() async throws {
    let cache = cache()
    _ = try await cache.current()
    try await cache.accept(TestKey.second.fingerprint, keepingOthers: true)
    for key in [TestKey.second, .first] {
      router.show(key)
      #expect(try await cache.refresh().publicKey.fingerprint == key.fingerprint)
    }
  }

  @Test func `accepting while the router cannot be asked drops what is no longer trusted`() async throws {
    let cache = cache()
    _ = try await cache.current()
    router.fail()
    let status = try await cache.accept(TestKey.second.fingerprint)
    #expect(status.trusted == nil && status.lastFailure != nil)
    #expect(await cache.knownKey?.publicKey.fingerprint == nil)
  }

  @Test func `accepting a key that the router does not show leaves the refusal`() async throws {
    let cache = cache()
    _ = try await cache.current()
    router.show(.second)
    _ = try? await cache.refresh()
    let status = try await cache.accept(TestKey.third.fingerprint)
    #expect(status.refused == TestKey.second.fingerprint)
    await #expect(throws: refusal(.second, .third)) { try await cache.current() }
  }

  @Test(arguments: [TrustMode.pinned, .tls])
  func `where the configuration decides nobody can accept`(mode: TrustMode) async {
    let cache = cache(TrustPolicy(mode: mode))
    await #expect(throws: AcceptanceRefused(mode: mode)) {
      try await cache.accept(TestKey.second.fingerprint)
    }
    #expect(directory.names.isEmpty)
  }

  @Test func `the first key is remembered by the next process`() async throws {
    _ = try await cache().current()
    router.show(.second)
    await #expect(throws: refusal(.second, .first)) { _ = try await cache().current() }
    router.show(.first)
    #expect(try await cache().current().publicKey.fingerprint == TestKey.first.fingerprint)
    #expect(try events() == ["seen-first by first-use", "refused by none", "changed by first-use"])
  }

  @Test func `what a command accepts or pins beside a running daemon counts at the next look`() async throws {
    let cache = cache()
    _ = try await cache.current()
    try directory.record.pin(TestKey.second.fingerprint, of: routerURL, at: 1, log: directory.log)
    router.show(.second)
    #expect(try await cache.refresh().publicKey.fingerprint == TestKey.second.fingerprint)
    #expect(await cache.status.trusted?.acceptedBy == "pin")
    try directory.record.accept(TestKey.third.fingerprint, of: routerURL, at: 2, log: directory.log)
    await #expect(throws: refusal(.second, .third)) { try await cache.refresh() }
    #expect(
      try events() == ["seen-first by first-use", "pinned by pin", "changed by pin", "accepted by operator"])
  }

  @Test func `without a log keys are remembered all the same, and looks that change nothing write nothing`()
    async throws
  {
    let cache = RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .firstUse), minimumBits: 4096, record: directory.record
    ) { [router] in try router.fetch() }
    _ = try await cache.current()
    #expect(directory.names == ["trust.json", "trust.lock"])
    directory["trust.lock"] = nil
    try await cache.refresh()
    #expect(directory.names == ["trust.json"])
    router.show(.second)
    await #expect(throws: refusal(.second, .first)) { try await cache.refresh() }
  }

  @Test func `pinned serves the pins alone and logs what it refuses`() async throws {
    let cache = cache(TrustPolicy(mode: .pinned, pins: [TestKey.first.fingerprint]))
    _ = try await cache.current()
    router.show(.second)
    await #expect(throws: refusal(.second, .first, mode: .pinned)) { try await cache.refresh() }
    #expect(try events() == ["seen-first by pin", "refused by none"])
  }

  @Test func `tls follows the router and logs each change with the certificate`() async throws {
    let cache = cache(TrustPolicy(mode: .tls))
    router.show(.first, certificate: fingerprint(7))
    _ = try await cache.current()
    try await cache.refresh()
    router.show(.second)
    #expect(try await cache.refresh().publicKey.fingerprint == TestKey.second.fingerprint)
    #expect(try events() == ["seen-first by tls", "changed by tls"])
    let entries = try directory.log.verify().entries
    #expect(entries.map(\.certificate) == [fingerprint(7), nil])
    #expect(entries.map(\.bits) == [4096, 4096])
    #expect(entries.first?.time == "2027-01-15T08:00:00Z")
  }

  @Test func `a router that goes to and fro does not fill the log`() async throws {
    let cache = cache(TrustPolicy(mode: .tls))
    for round in 0..<40 {
      router.show(round.isMultiple(of: 2) ? .first : .second)
      try await cache.refresh()
    }
    #expect(try events().count == 32)
    clock.advance(by: .seconds(120))
    router.show(.third)
    try await cache.refresh()
    #expect(try events().count == 33)
  }

  @Test func `a record that cannot be read stops the first use, and is left as it is`() async throws {
    directory["trust.json"] = Array("{}".utf8)
    let cache = cache()
    await #expect(throws: TrustStoreFault.self) { try await cache.current() }
    #expect(directory["trust.json"] == Array("{}".utf8))
    #expect(directory.names == ["trust.json"])
    #expect(await cache.status.warning?.contains("trust.json") == true)
  }

  @Test func `while the record cannot be read what was trusted stays trusted and nothing else`() async throws
  {
    let cache = cache()
    _ = try await cache.current()
    directory["trust.json"] = Array("{}".utf8)
    #expect(try await cache.refresh().publicKey.fingerprint == TestKey.first.fingerprint)
    #expect(await cache.status.warning != nil)
    router.show(.second)
    await #expect(throws: refusal(.second, .first)) { try await cache.refresh() }
  }

  @Test func `without room on the disk there is no first use, but pins and tls go on`() async throws {
    let full = StateDirectory(directory.path) { $0 == .write || $0 == .append ? .fail(ENOSPC) : nil }
    func cache(_ policy: TrustPolicy) -> RouterKeyCache {
      RouterKeyCache(
        router: routerURL, policy: policy, minimumBits: 4096, record: TrustRecord(full), log: TrustLog(full)
      ) { [router] in try router.fetch() }
    }
    await #expect(throws: TrustStoreFault.self) {
      try await cache(TrustPolicy(mode: .firstUse)).current()
    }
    for policy in [TrustPolicy(mode: .tls), TrustPolicy(mode: .pinned, pins: [TestKey.first.fingerprint])] {
      let cache = cache(policy)
      #expect(try await cache.current().publicKey.fingerprint == TestKey.first.fingerprint)
      #expect(await cache.status.warning?.contains("No space left") == true)
    }
  }

  @Test func `with a broken log keys are judged as before, with a warning until it is set aside`()
    async throws
  {
    let cache = cache()
    _ = try await cache.current()
    let broken = Array("nonsense\n".utf8)
    directory["trust.log"] = broken
    router.show(.second)
    await #expect(throws: refusal(.second, .first)) { try await cache.refresh() }
    #expect(await cache.status.warning?.contains("entry 1 was altered") == true)
    let status = try await cache.accept(TestKey.second.fingerprint)
    #expect(status.trusted?.fingerprint == TestKey.second.fingerprint)
    #expect(status.warning?.contains("entry 1 was altered") == true)
    #expect(directory["trust.log"] == broken)
    let aside = try directory.log.setAside(at: 0)
    #expect(aside.hasSuffix("trust.log.1970-01-01T00:00:00Z"))
    try await cache.refresh()
    #expect(await cache.status.warning == nil)
    #expect(try events() == ["changed by operator"])
  }
}
