import ClientKeys
import RouterTrust
import Testing

@testable import Daemon

/// The texts that `systemctl status` shows.
@Suite struct StatusLineTests {
  private func text(
    _ change: (inout DaemonStatus) -> Void = { _ in }, isListening: Bool = true, held: String? = nil
  ) -> String {
    var status = StatusSamples.serving
    change(&status)
    return StatusLine.text(status, isListening: isListening, held: held)
  }

  private static let calm = "client key 1, under 5 min old, next at 2027-01-15 08:50 UTC; 0 in flight"

  @Test func `a daemon that is well says its key and its work`() {
    #expect(text() == "Ready; \(Self.calm)")
    #expect(
      text(held: "Nothing is sent: the router cannot be reached")
        == "Nothing is sent: the router cannot be reached; \(Self.calm)")
  }

  @Test func `what was last wrong is said by class and time, and what is wrong now by its reason`() {
    let line = text { status in
      status.exchanges.inFlight = 3
      status.exchanges.lastFailure = .init(name: "router_error", at: 1_800_000_059)
      status.routerKey.lastFailure = "the connection was refused"
      status.clientKeys.lastFailure = "out of memory"
      status.clientKeys.nextRotation = nil
      status.lastReload = ReloadOutcome(at: 1_800_000_060, faults: ["secret.path is no key"])
    }
    #expect(
      line
        == "Ready; client key 1, under 5 min old, no rotation by age; 3 in flight; "
        + "last error router_error at 2027-01-15 08:00 UTC; router's key not seen again: the connection was refused; "
        + "next client key not made: out of memory; reload refused at 2027-01-15 08:01 UTC, see `nomyo-proxy status`"
    )
  }

  @Test func `what it waits for is said with what to do`() {
    let line = text(
      { status in
        status.waitingFor = ["client_key", "router_key"]
        status.reason = "the router's name has no address"
      }, isListening: false)
    #expect(
      line
        == "Waiting: a client key is being made; no key of the router: the router's name has no address; "
        + "`nomyo-proxy doctor` says what to do; the listener opens")
    #expect(text { $0.waitingFor = ["router_key"] } == "Waiting: the router is asked for its key")
    let failed = text { status in
      status.waitingFor = ["client_key"]
      status.clientKeys.lastFailure = "broken"
    }
    #expect(failed == "Waiting: a client key could not be made, and is tried again: broken")
    #expect(text { $0.waitingFor = ["unused_client_key"] }.contains("keys.pool"))
  }

  @Test(arguments: [(TrustMode.firstUse, "nomyo-proxy trust accept"), (.pinned, "add it to router.pins")])
  func `a key that is not trusted is named with the way to trust it`(mode: TrustMode, advice: String) {
    let line = text { status in
      status.waitingFor = ["router_key_trust"]
      status.routerKey.refused = StatusSamples.other
      status.routerKey.mode = mode
    }
    #expect(line.hasPrefix("Waiting: the router shows \(StatusSamples.other), which is not trusted;"))
    #expect(line.contains(advice))
  }

  @Test(arguments: [
    (0, "under 5 min old"), (299, "under 5 min old"), (300, "5 min old"), (3599, "55 min old"),
    (3600, "1 h old"),
    (172_799, "47 h old"), (172_800, "2 d old"),
  ])
  func `ages are told in steps`(seconds: Int, text: String) {
    #expect(StatusLine.age(seconds) == text)
  }

  @Test func `over an hour the line of an idle daemon changes by its steps only`() {
    var lines: Set<String> = []
    for second in 0..<3600 { lines.insert(text { $0.takenAt += second }) }
    #expect(lines.count == 12)
  }
}
