public import Sealing

/// What is known of the router's key, for people and for metrics.
///
/// A copy taken at one moment.
public struct RouterKeyStatus: Sendable, Equatable {
  /// The key that requests are sealed for.
  public struct Trusted: Sendable, Equatable {
    /// What it is known by.
    public var fingerprint: KeyFingerprint
    /// Modulus length in bits.
    public var bits: Int
    /// When it was last fetched, in seconds since 1970.
    public var fetchedAt: Int
    /// What accepted it: `first-use`, `pin`, `tls`, `operator`.
    public var acceptedBy: String

    /// A key as it is trusted now.
    public init(fingerprint: KeyFingerprint, bits: Int, fetchedAt: Int, acceptedBy: String) {
      self.fingerprint = fingerprint
      self.bits = bits
      self.fetchedAt = fetchedAt
      self.acceptedBy = acceptedBy
    }
  }

  /// The router's address, as in `router.url`.
  public var router: String
  /// What makes a key trusted.
  public var mode: TrustMode
  /// Nil until a key was fetched and accepted.
  public var trusted: Trusted?
  /// The key that the router shows now and that is not trusted; nothing is sent while there is one.
  public var refused: KeyFingerprint?
  /// When the key was last looked at successfully or not, in seconds since 1970.
  public var lastLook: Int?
  /// Why the last look at the key brought none; nil after one that did.
  public var lastFailure: String?
  /// How long ago a look last showed the trusted key, by a clock that nobody sets.
  public var age: Duration?
  /// What is wrong with the record or the log while the key is in use all the same.
  public var warning: String?

  /// A router of which nothing is known.
  public init(router: String, mode: TrustMode) {
    self.router = router
    self.mode = mode
  }
}
