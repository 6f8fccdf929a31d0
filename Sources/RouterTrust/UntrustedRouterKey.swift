public import Sealing

/// The router shows a key that is not trusted; nothing is sealed for it, nor for any other while it is shown.
///
/// Whoever sits on the way and shows another key could also send sealed requests on as his own
/// (PROTOCOL.md section 7, row 2), so that the trusted key is no protection while the way is not.
public struct UntrustedRouterKey: Error, Sendable, Equatable {
  /// The router's address.
  public let router: String
  /// The key that the router shows.
  public let shown: KeyFingerprint
  /// The keys that are trusted.
  public let trusted: [KeyFingerprint]
  /// The rule by which it was refused.
  public let mode: TrustMode

  /// A refusal.
  public init(router: String, shown: KeyFingerprint, trusted: [KeyFingerprint], mode: TrustMode) {
    self.router = router
    self.shown = shown
    self.trusted = trusted
    self.mode = mode
  }
}

extension UntrustedRouterKey: CustomStringConvertible {
  /// Both fingerprints and how to accept the new one.
  public var description: String {
    let known = trusted.map(\.description).joined(separator: ", ")
    let remedy =
      mode == .pinned
      ? "add \(shown) to router.pins" : "accept it: nomyo-proxy trust accept \(shown)"
    return "the router \(router) shows the key \(shown), trusted is \(known.isEmpty ? "none" : known); "
      + "nothing is sent while it does. If the router's operator confirms the new key, \(remedy)"
  }
}

/// A key cannot be accepted while running, because of the rule that is configured.
public struct AcceptanceRefused: Error, Sendable, Equatable, CustomStringConvertible {
  /// The rule.
  public let mode: TrustMode

  /// What to do instead.
  public var description: String {
    mode == .pinned
      ? "with router.trust = \"pinned\" the trusted keys are in the configuration: add it to router.pins"
      : "with router.trust = \"tls\" every key that TLS delivers is taken; there is nothing to accept"
  }
}
