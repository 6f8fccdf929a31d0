public import Sealing

/// What a key directory held.
public struct LoadedKey: Sendable {
  /// The pair.
  public let pair: RSAPrivateKey
  /// When the private file was last written, in seconds since 1970, and not in the future.
  public let createdAt: Int
  /// What was repaired or should be looked at, in sentences with the path.
  public let warnings: [String]
}
