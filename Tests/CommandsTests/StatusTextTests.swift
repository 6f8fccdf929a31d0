import ClientKeys
import Daemon
import Pacing
import Platform
import RouterTrust
import Sealing
import Testing

@testable import Commands

@Suite struct StatusTextTests {
  static let own = "sha256/" + String(repeating: "A", count: 43) + "="
  static let other = "sha256/" + String(repeating: "B", count: 42) + "A="

  /// A daemon that is well.
  static func healthy() throws -> DaemonStatus {
    let fingerprint = try #require(KeyFingerprint(own))
    var keys = ClientKeyStatus()
    keys.current = .init(
      number: 3, createdAt: 1_799_999_280, uses: 17, fingerprint: fingerprint, bits: 4096, primes: 2)
    keys.nextRotation = 1_800_002_880
    (keys.pool, keys.poolTarget, keys.rotations) = (2, 2, 2)
    var router = RouterKeyStatus(router: "https://api.nomyo.ai", mode: .firstUse)
    router.trusted = .init(fingerprint: fingerprint, bits: 4096, fetchedAt: 0, acceptedBy: "first-use")
    router.age = .seconds(45)
    var memory = SecureMemoryReport(mode: .auto)
    (memory.isLocked, memory.isUndumpable, memory.fillsFreedMemory) = (true, true, true)
    memory.secureHeapBytes = 64 << 10
    var status = DaemonStatus(
      version: "nomyo-proxy 0.1.0 (abc)", pid: 4711, startedAt: 0, uptime: 7500, takenAt: 1_800_000_000,
      clientKeys: keys, routerKey: router, memory: memory)
    (status.exchanges.answered, status.exchanges.inFlight) = (120, 3)
    (status.pacing.waiting, status.pacing.inFlight, status.pacing.admitted) = (2, 1, 122)
    status.pacing.refused = ["queue_full": 3, "paused": 1]
    return status
  }

  @Test func `a healthy daemon at a glance`() throws {
    #expect(
      StatusText(status: try Self.healthy()).text == """
        nomyo-proxy 0.1.0 (abc), process 4711, up 2 h 5 min
        configuration  no file
        ready          yes
        client key     generation 3, 12 min old, 17 uses, RSA-4096
                       \(Self.own)
                       next rotation in 48 min, 2 so far; 2 of 2 made ahead
        router key     https://api.nomyo.ai, trust first-use
                       \(Self.own)
                       RSA-4096, accepted by first-use, seen 45 s ago
        memory         never swapped, no core dumps, freed memory overwritten, 64 KiB for keys
        exchanges      3 in flight, 120 answered, 0 failed, 0 refused, 0 retries
        pacing         2 waiting, 1 at the router, 122 let through, 4 not

        """)
  }

  @Test func `what came of the last reload is shown, and the last failure`() throws {
    var status = try Self.healthy()
    status.lastReload = ReloadOutcome(at: 1_799_999_940, changed: ["models.list", "access.hosts"])
    #expect(StatusText(status: status).text.contains("reload         60 s ago: models.list access.hosts\n"))
    status.lastReload = ReloadOutcome(at: 1_799_999_940, faults: ["one\u{1B}[2J", "two"])
    let text = StatusText(status: status).text
    #expect(text.contains("reload         REFUSED 60 s ago, what was in force before still is\n"))
    #expect(text.contains("               one") && text.contains("               two\n"))
    #expect(!text.contains("\u{1B}"))
    status.exchanges.failed = 2
    status.exchanges.lastFailure = .init(name: "router_error", at: 1_799_999_400)
    #expect(
      StatusText(status: status).text.contains("2 failed (the last router_error, 10 min ago), 0 refused"))
  }

  @Test func `a breaker that is open stands out, and when it tries again`() throws {
    var status = try Self.healthy()
    status.pacing.cause = .coolDown
    status.pacing.heldFor = .seconds(1799)
    #expect(StatusText(status: status).text.contains("NOTHING IS SENT: cool down; next try in 30 min\n"))
    (status.pacing.cause, status.pacing.heldFor) = (.unreachable, nil)
    status.pacing.pause = .milliseconds(2500)
    let text = StatusText(status: status).text
    #expect(text.contains("NOTHING IS SENT: unreachable; trying now\n"))
    #expect(text.contains("the router asked for a pause: 3 s left\n"))
  }

  @Test func `a key that is not trusted stands out, with the command that accepts it`() throws {
    var status = try Self.healthy()
    status.waitingFor = ["router_key_trust"]
    status.reason = "it shows another key"
    status.routerKey.refused = KeyFingerprint(Self.other)
    let text = StatusText(status: status).text
    #expect(
      text.contains("ready          NO, waiting for router key trust\n               it shows another key\n"))
    #expect(text.contains("REFUSED: the router shows \(Self.other)\n"))
    #expect(text.contains("nomyo-proxy trust accept \(Self.other)\n"))
    status.routerKey.mode = .pinned
    let pinned = StatusText(status: status).text
    #expect(pinned.contains("router.pins") && !pinned.contains("trust accept"))
  }

  @Test func `what is missing of memory protection is in capitals, with the remedy`() throws {
    var status = try Self.healthy()
    status.memory.isLocked = false
    status.memory.remedy = "Lift the limit."
    let text = StatusText(status: status).text
    #expect(text.contains("NOT LOCKED, no core dumps") && text.contains("               Lift the limit.\n"))
    status.memory = SecureMemoryReport(mode: .off)
    #expect(
      StatusText(status: status).text.contains(
        "memory         not protected (privacy.secure_memory is off)\n"))
  }

  @Test func `a daemon in its first second has no key and says so`() throws {
    var status = try Self.healthy()
    status.clientKeys = ClientKeyStatus()
    status.clientKeys.lastFailure = "no entropy"
    status.routerKey.trusted = nil
    let text = StatusText(status: status).text
    #expect(
      text.contains(
        "client key     none yet, the first is being made\n               last failure: no entropy\n"))
    #expect(text.contains("trust first-use\n               none yet\n"))
  }

  @Test func `no text of the daemon steers the terminal`() throws {
    let evil = "\u{1B}[2J\n\u{9B}x\u{202E}"
    var status = try Self.healthy()
    (status.version, status.configurationFile, status.reason) = (evil, evil, evil)
    status.waitingFor = [evil]
    (status.clientKeys.lastFailure, status.memory.remedy) = (evil, evil)
    (status.routerKey.router, status.routerKey.lastFailure, status.routerKey.warning) = (evil, evil, evil)
    status.routerKey.trusted?.acceptedBy = evil
    let clean = StatusText(status: status).text.unicodeScalars
    #expect(clean.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(!clean.contains("\u{202E}"))
    let lines = StatusText(status: status).text.split(separator: "\n").count
    #expect(lines == StatusText(status: try Self.healthy()).text.split(separator: "\n").count + 4)
  }

  @Test(
    arguments: [
      (-5, "0 s"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"),
      (7500, "2 h 5 min"), (172_800, "2 d"), (190_800, "2 d 5 h"),
    ])
  func `spans of time in two units at most`(seconds: Int, text: String) {
    #expect(SpanOfTime.text(seconds: seconds) == text)
  }

  @Test func `moments are UTC`() {
    #expect(UTC.text(0) == "1970-01-01 00:00:00 UTC")
    #expect(UTC.text(1_800_000_000) == "2027-01-15 08:00:00 UTC")
  }
}
