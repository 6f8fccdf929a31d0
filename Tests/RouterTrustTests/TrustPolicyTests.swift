import Sealing
import Testing

@testable import RouterTrust

@Suite struct TrustPolicyTests {
  private let a = fingerprint(1)
  private let b = fingerprint(2)
  private let c = fingerprint(3)

  /// What a policy says and logs, one key after the other.
  private func transcript(
    _ policy: TrustPolicy, _ known: inout RememberedRouter, _ keys: [KeyFingerprint]
  ) -> [String] {
    keys.enumerated().map { time, key in
      let sighting = KeySighting(key: key, bits: 4096, certificate: nil, time: time)
      let (verdict, note) = policy.judge(sighting, of: routerURL, &known)
      let said =
        switch verdict {
        case .trusted(let source): "trusted by \(source.rawValue)"
        case .refused(let trusted): "refused for \(trusted.count)"
        }
      guard let note else { return said }
      #expect(note.key == key && note.router == routerURL && note.time == time)
      return "\(said), \(note.event.rawValue)/\(note.acceptedBy?.rawValue ?? "none")"
    }
  }

  @Test func `first use remembers the first key and refuses every other`() {
    var known = RememberedRouter()
    #expect(
      transcript(TrustPolicy(mode: .firstUse), &known, [a, a, b, b, c, a, a]) == [
        "trusted by first-use, seen-first/first-use", "trusted by first-use",
        "refused for 1, refused/none", "refused for 1", "refused for 1, refused/none",
        "trusted by first-use, changed/first-use", "trusted by first-use",
      ])
    #expect(known.trusted == [TrustedKey(key: a, since: 0, source: .firstUse)])
  }

  @Test func `a key that was pinned in advance may come, and the one before may come back`() {
    var known = RememberedRouter()
    let policy = TrustPolicy(mode: .firstUse)
    _ = transcript(policy, &known, [a])
    let isNew = known.pin(b, at: 5)
    let isNewAgain = known.pin(b, at: 6)
    #expect(isNew && !isNewAgain)
    #expect(
      transcript(policy, &known, [b, c, a]) == [
        "trusted by pin, changed/pin", "refused for 2, refused/none",
        "trusted by first-use, changed/first-use",
      ])
  }

  @Test func `a router that was pinned before it was ever seen has no first use`() {
    var known = RememberedRouter()
    _ = known.pin(b, at: 0)
    #expect(
      transcript(TrustPolicy(mode: .firstUse), &known, [a, b]) == [
        "refused for 1, refused/none", "trusted by pin, changed/pin",
      ])
  }

  @Test func `with pins in the configuration first use takes none but these`() {
    var known = RememberedRouter()
    #expect(
      transcript(TrustPolicy(mode: .firstUse, pins: [b]), &known, [a, b]) == [
        "refused for 1, refused/none", "trusted by pin, changed/pin",
      ])
    #expect(known.trusted.isEmpty)
  }

  @Test func `an accepted key takes the place of the others, or stands beside them`() {
    var known = RememberedRouter()
    let policy = TrustPolicy(mode: .firstUse)
    _ = transcript(policy, &known, [a, b])
    known.accept(b, keepingOthers: true, at: 7)
    known.accept(b, keepingOthers: true, at: 7)
    #expect(known.trusted.map(\.key) == [a, b])
    #expect(transcript(policy, &known, [b]) == ["trusted by operator"])
    known.accept(c, keepingOthers: false, at: 8)
    #expect(known.trusted == [TrustedKey(key: c, since: 8, source: .operator)])
    #expect(transcript(policy, &known, [a]) == ["refused for 1, refused/none"])
  }

  @Test func `pinned takes the pins and nothing that is remembered`() {
    var known = RememberedRouter()
    known.accept(c, keepingOthers: false, at: 0)
    #expect(
      transcript(TrustPolicy(mode: .pinned, pins: [a, b]), &known, [a, b, c]) == [
        "trusted by pin, seen-first/pin", "trusted by pin, changed/pin", "refused for 2, refused/none",
      ])
    #expect(transcript(TrustPolicy(mode: .pinned), &known, [c]) == ["refused for 0"])
  }

  @Test func `tls takes everything, logs changes and remembers nothing as trusted`() {
    var known = RememberedRouter()
    #expect(
      transcript(TrustPolicy(mode: .tls), &known, [a, a, b]) == [
        "trusted by tls, seen-first/tls", "trusted by tls", "trusted by tls, changed/tls",
      ])
    #expect(known.trusted.isEmpty)
    // Who turns to first use later begins with what the router then shows, and that is logged.
    #expect(
      transcript(TrustPolicy(mode: .firstUse), &known, [b]) == ["trusted by first-use, seen-first/first-use"])
  }
}
