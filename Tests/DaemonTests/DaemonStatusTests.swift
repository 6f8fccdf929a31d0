import ClientKeys
import Foundation
import Pacing
import Platform
import RouterTrust
import Sealing
import Telemetry
import Testing

@testable import Daemon

@Suite struct DaemonStatusTests {
  @Test func `what was written reads back the same`() throws {
    #expect(try DaemonStatus(json: .full) == StatusSamples.full)
    #expect(try DaemonStatus(json: StatusSamples.early.json) == StatusSamples.early)
  }

  @Test func `the document has the members that scripts rely on`() throws {
    let document = try #require(
      JSONSerialization.jsonObject(with: Data([UInt8].full)) as? [String: Any])
    #expect(
      Set(document.keys) == [
        "version", "pid", "started_at", "uptime_s", "taken_at", "configuration_file", "ready", "waiting_for",
        "reason", "client_keys", "router_key", "memory", "exchanges", "pacing", "last_reload",
      ])
    let keys = try #require(document["client_keys"] as? [String: Any])
    #expect(
      Set(keys.keys) == [
        "current", "next_rotation", "pool", "pool_target", "waiting", "retiring", "generations", "rotations",
        "last_failure",
      ])
    #expect((keys["current"] as? [String: Any])?["fingerprint"] as? String == "\(StatusSamples.own)")
    #expect((document["router_key"] as? [String: Any])?["refused"] as? String == "\(StatusSamples.other)")
    let pacing = try #require(document["pacing"] as? [String: Any])
    #expect(
      Set(pacing.keys) == [
        "waiting", "callers", "in_flight", "held_by", "held_for_ms", "pause_ms", "admitted", "refused",
      ])
    #expect(pacing["held_by"] as? String == "cool_down" && pacing["held_for_ms"] as? Int == 1_799_000)
    #expect(pacing["refused"] as? [String: Int] == ["queue_full": 2, "unreachable": 1])
    #expect(document["ready"] as? Bool == false)
    #expect((document["exchanges"] as? [String: Any])?["in_flight"] as? Int == 3)
  }

  @Test func `what there is not is null, and not left out`() throws {
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(StatusSamples.early.json)) as? [String: Any])
    #expect(document["reason"] is NSNull && document["configuration_file"] is NSNull)
    #expect((document["client_keys"] as? [String: Any])?["current"] is NSNull)
  }

  @Test func `members of later versions are left alone`() throws {
    let text = String(decoding: [UInt8].full, as: UTF8.self)
    let later = #"{"queue":{"depth":1},"# + text.dropFirst()
    #expect(try DaemonStatus(json: Array(later.utf8)) == StatusSamples.full)
  }

  @Test(
    arguments: [
      ("", ""), ("[]", ""), ("{", ""), (#""pid":4711"#, "pid"), (#""pid":"x""#, "pid"),
      (#""mode":"first-use""#, "router_key.mode"), (#""mode":"maybe""#, "router_key.mode"),
      (#""pool":2,"#, "client_keys.pool"),
      ("sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "client_keys.current.fingerprint"),
    ])
  func `a document without a member, or with another kind of it, is refused by the member's name`(
    change: String, member: String
  ) {
    var text = String(decoding: [UInt8].full, as: UTF8.self)
    switch change {
    case #""pid":4711"#: text = text.replacingOccurrences(of: #""pid":4711,"#, with: "")
    case #""pid":"x""#: text = text.replacingOccurrences(of: #""pid":4711"#, with: change)
    case #""mode":"first-use""#: text = text.replacingOccurrences(of: change + ",", with: "")
    case #""mode":"maybe""#: text = text.replacingOccurrences(of: #""mode":"first-use""#, with: change)
    case #""pool":2,"#: text = text.replacingOccurrences(of: change, with: "")
    case _ where change.hasPrefix("sha256/"):
      text = text.replacingOccurrences(of: change, with: "sha256/AAAA")
    default: text = change
    }
    #expect(throws: UnreadableStatus(member: member)) { try DaemonStatus(json: Array(text.utf8)) }
  }

  // MARK: Metrics

  private func samples(_ status: DaemonStatus) -> [String: Double] {
    Dictionary(
      uniqueKeysWithValues: status.metricFamilies.flatMap { family in
        family.samples.map { sample in
          (([family.name] + sample.labels.map(\.value)).joined(separator: " "), sample.value)
        }
      })
  }

  @Test func `numbers of the status are metrics, ages by the daemon's own clock`() {
    let samples = samples(StatusSamples.full)
    #expect(samples["nomyo_proxy_ready"] == 0)
    #expect(samples["nomyo_proxy_client_key_generation"] == 7)
    #expect(samples["nomyo_proxy_client_key_age_seconds"] == 600)
    #expect(samples["nomyo_proxy_client_key_next_rotation_seconds"] == 1_800_003_000)
    #expect(samples["nomyo_proxy_router_key_refused"] == 1)
    #expect(samples["nomyo_proxy_router_key_age_seconds"] == 90)
    #expect(samples["nomyo_proxy_memory_locked"] == 1)
    #expect(samples["nomyo_proxy_pacing_waiting"] == 6)
    #expect(samples["nomyo_proxy_breaker_open cool_down"] == 1)
    #expect(samples["nomyo_proxy_breaker_open unreachable"] == 0)
    #expect(samples["nomyo_proxy_pacing_refused queue_full"] == 2)
    #expect(samples["nomyo_proxy_pacing_refused paused"] == 0)
  }

  @Test func `what there is not has no sample`() {
    let samples = samples(StatusSamples.early)
    #expect(samples["nomyo_proxy_client_key_generation"] == nil)
    #expect(samples["nomyo_proxy_router_key_age_seconds"] == nil)
    #expect(samples["nomyo_proxy_client_keys_pool"] == 0)
  }

  @Test func `a clock that was set back gives no negative age`() {
    var status = StatusSamples.full
    status.takenAt = 1_700_000_000
    #expect(samples(status)["nomyo_proxy_client_key_age_seconds"] == 0)
  }

  @Test func `no family of the status has a name of one that Metrics has`() {
    let names = (StatusSamples.full.metricFamilies + Metrics().families).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.hasPrefix("nomyo_proxy_") })
  }
}

extension [UInt8] {
  fileprivate static var full: [UInt8] { StatusSamples.full.json }
}

/// Statuses for the tests.
enum StatusSamples {
  static let own = fingerprint("A")
  static let other = fingerprint("B")

  /// With everything in it.
  static let full: DaemonStatus = {
    var keys = ClientKeyStatus()
    keys.current = ClientKeyStatus.Current(
      number: 7, createdAt: 1_799_999_400, uses: 12, fingerprint: own, bits: 4096, primes: 2)
    keys.nextRotation = 1_800_003_000
    (keys.pool, keys.poolTarget, keys.waiting, keys.retiring, keys.rotations) = (2, 2, 1, 3, 6)
    keys.lastFailure = "no entropy"
    var router = RouterKeyStatus(router: "https://api.nomyo.ai", mode: .firstUse)
    router.trusted = .init(fingerprint: own, bits: 4096, fetchedAt: 1_799_999_910, acceptedBy: "first-use")
    router.refused = other
    (router.lastLook, router.lastFailure) = (1_799_999_999, "it shows another key")
    (router.age, router.warning) = (.seconds(90), "the log is broken")
    var memory = SecureMemoryReport(mode: .auto)
    (memory.isLocked, memory.isUndumpable, memory.fillsFreedMemory) = (true, true, true)
    (memory.secureHeapBytes, memory.remedy) = (65536, "nothing \"serious\"")
    var status = DaemonStatus(
      version: "nomyo-proxy 0.1.0 (abc)", pid: 4711, startedAt: 1_799_990_000, uptime: 10000,
      takenAt: 1_800_000_000, clientKeys: keys, routerKey: router, memory: memory)
    status.configurationFile = "/etc/nomyo-proxy/config.toml"
    status.waitingFor = ["router_key_trust"]
    status.reason = "it shows another key\n"
    (status.exchanges.inFlight, status.exchanges.answered, status.exchanges.failed) = (3, 100, 2)
    (status.exchanges.refused, status.exchanges.retries) = (5, 4)
    (status.pacing.waiting, status.pacing.callers, status.pacing.inFlight) = (6, 2, 3)
    (status.pacing.cause, status.pacing.heldFor) = (.coolDown, .seconds(1799))
    (status.pacing.pause, status.pacing.admitted) = (.milliseconds(1500), 110)
    status.pacing.refused = ["queue_full": 2, "unreachable": 1]
    status.exchanges.lastFailure = .init(name: "unreachable", at: 1_799_999_000)
    status.lastReload = ReloadOutcome(at: 1_799_999_500, changed: ["models.list"], faults: ["a: b", "c"])
    return status
  }()

  /// All is well, with a first key of this second.
  static let serving: DaemonStatus = {
    var keys = ClientKeyStatus()
    keys.current = ClientKeyStatus.Current(
      number: 1, createdAt: 1_800_000_000, uses: 0, fingerprint: own, bits: 4096, primes: 2)
    keys.nextRotation = 1_800_003_000
    var router = RouterKeyStatus(router: "https://api.nomyo.ai", mode: .firstUse)
    router.trusted = .init(fingerprint: own, bits: 4096, fetchedAt: 1_800_000_000, acceptedBy: "first-use")
    return DaemonStatus(
      version: "0", pid: 1, startedAt: 1_800_000_000, uptime: 0, takenAt: 1_800_000_000, clientKeys: keys,
      routerKey: router, memory: SecureMemoryReport(mode: .off))
  }()

  /// In the first second.
  static let early: DaemonStatus = {
    var status = DaemonStatus(
      version: "0", pid: 1, startedAt: 0, uptime: 0, takenAt: 0, clientKeys: ClientKeyStatus(),
      routerKey: RouterKeyStatus(router: "http://127.0.0.1:1", mode: .tls),
      memory: SecureMemoryReport(mode: .off))
    status.waitingFor = ["client_key", "router_key"]
    return status
  }()

  private static func fingerprint(_ letter: Character) -> KeyFingerprint {
    let text = "sha256/" + String(repeating: letter == "A" ? "A" : "B", count: 42) + "A="
    guard let fingerprint = KeyFingerprint(text) else { preconditionFailure("not a fingerprint: \(text)") }
    return fingerprint
  }
}
