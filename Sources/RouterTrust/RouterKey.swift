public import Sealing

/// The router's public key as it was last fetched.
public struct RouterKey: Sendable {
  /// Requests are sealed for this key.
  public let publicKey: RSAPublicKey
  /// When the fetch that brought it ended.
  public let fetchedAt: ContinuousClock.Instant

  /// A key with the time of its arrival.
  public init(publicKey: RSAPublicKey, fetchedAt: ContinuousClock.Instant) {
    self.publicKey = publicKey
    self.fetchedAt = fetchedAt
  }
}
