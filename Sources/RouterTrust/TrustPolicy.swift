public import Sealing

/// What makes a key of the router's trusted.
public struct TrustPolicy: Sendable, Equatable {
  /// The rule.
  public var mode: TrustMode
  /// The keys that the configuration names (`router.pins`).
  ///
  /// With `first-use` they are trusted beside what is remembered, and while there are any no key is taken only
  /// for being the first.
  public var pins: [KeyFingerprint]

  /// A policy.
  public init(mode: TrustMode, pins: [KeyFingerprint] = []) {
    self.mode = mode
    self.pins = pins
  }
}

/// A key that the router has shown, and how.
struct KeySighting: Sendable, Equatable {
  let key: KeyFingerprint
  let bits: Int
  /// The key of the TLS certificate of the connection that brought it.
  let certificate: KeyFingerprint?
  /// Seconds since 1970.
  let time: Int
}

/// What a policy says of a key.
enum TrustVerdict: Sendable, Equatable {
  case trusted(TrustSource)
  case refused(trusted: [KeyFingerprint])
}

extension TrustPolicy {
  /// Judges a key by what is remembered of the router, and remembers what has to be.
  ///
  /// A value's work: nothing is read, written or asked for.
  ///
  /// - Returns: the verdict, and what belongs into the log: nothing for the key that was shown before as well.
  func judge(
    _ sighting: KeySighting, of router: String, _ known: inout RememberedRouter
  ) -> (verdict: TrustVerdict, note: TrustLogNote?) {
    let before = known
    let verdict = verdict(on: sighting, &known)
    known.seen = sighting.key
    let event: TrustEvent
    let source: TrustSource?
    switch verdict {
    case .refused: (event, source) = (.refused, nil)
    case .trusted(let by):
      let isFirst = before.seen == nil || before.trusted != known.trusted
      (event, source) = (isFirst ? .seenFirst : .changed, by)
    }
    let note = TrustLogNote(
      time: sighting.time, router: router, event: event, key: sighting.key, bits: sighting.bits,
      certificate: sighting.certificate, acceptedBy: source)
    return (verdict, known == before ? nil : note)
  }

  private func verdict(on sighting: KeySighting, _ known: inout RememberedRouter) -> TrustVerdict {
    switch mode {
    case .tls: return .trusted(.tls)
    case .pinned: return pins.contains(sighting.key) ? .trusted(.pin) : .refused(trusted: pins)
    case .firstUse:
      if let remembered = known.trusted.first(where: { $0.key == sighting.key }) {
        return .trusted(remembered.source)
      }
      if pins.contains(sighting.key) { return .trusted(.pin) }
      guard known.trusted.isEmpty, pins.isEmpty else {
        return .refused(trusted: known.trusted.map(\.key) + pins)
      }
      known.trusted = [TrustedKey(key: sighting.key, since: sighting.time, source: .firstUse)]
      return .trusted(.firstUse)
    }
  }
}
