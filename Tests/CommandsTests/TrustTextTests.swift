import Platform
import RouterTrust
import Sealing
import Testing

@testable import Commands

@Suite struct TrustTextTests {
  private func remembered() throws -> RememberedRouter {
    var remembered = RememberedRouter()
    remembered.trusted = [
      TrustedKey(
        key: try #require(KeyFingerprint(StatusTextTests.own)), since: 1_800_000_000, source: .firstUse)
    ]
    return remembered
  }

  @Test func `what is remembered, why and since when`() throws {
    let text = TrustText(
      router: "https://r", mode: .firstUse, pins: [], remembered: try remembered(), running: nil
    ).text
    #expect(
      text == """
        router         https://r
        trust          first-use: what is remembered or pinned, and the first key where nothing is
        remembered     \(StatusTextTests.own)
                         since 2027-01-15 08:00:00 UTC, by first use: it was the first key that this router showed
        daemon         none is running, or it cannot be asked

        """)
  }

  @Test func `what is remembered has no effect under another rule, and is said to have none`() throws {
    let pin = try #require(KeyFingerprint(StatusTextTests.other))
    let text = TrustText(
      router: "https://r", mode: .pinned, pins: [pin], remembered: try remembered(), running: nil
    ).text
    #expect(text.contains("pinned         \(StatusTextTests.other)\n"))
    #expect(text.contains(", without effect under this rule\n"))
  }

  @Test func `without a place nothing is remembered`() {
    let text = TrustText(router: "https://r", mode: .firstUse, pins: [], remembered: nil, running: nil).text
    #expect(text.contains("remembered     nothing: there is no state directory\n"))
  }

  @Test func `what the daemon refuses is told`() throws {
    var status = RouterKeyStatus(router: "https://r", mode: .firstUse)
    status.refused = KeyFingerprint(StatusTextTests.other)
    let text = TrustText(
      router: "https://r", mode: .firstUse, pins: [], remembered: try remembered(), running: (status, 0)
    ).text
    #expect(text.contains("REFUSED: the router shows \(StatusTextTests.other)"))
  }
}
