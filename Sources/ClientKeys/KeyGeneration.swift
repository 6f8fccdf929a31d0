public import Sealing

/// One client key pair from its first announcement to its end.
///
/// An exchange holds the generation that it announced until its answer is open, so replacing the current generation
/// takes nothing away from exchanges in flight; the pair is freed, and wiped, when the last of them ends.
public final class KeyGeneration: Sendable {
  /// Counts from 1 for each process.
  public let number: Int
  /// When the generation began, in seconds since 1970 by the wall clock; for a pair from elsewhere, when it was made.
  public let createdAt: Int
  /// Opens answers.
  public let privateKey: RSAPrivateKey
  /// SubjectPublicKeyInfo PEM, as sent to the router.
  public var publicKeyPEM: String { privateKey.publicKey.pem }
  /// What the public half is known by.
  public var fingerprint: KeyFingerprint { privateKey.publicKey.fingerprint }

  /// A generation that takes over a pair.
  public init(number: Int, createdAt: Int, privateKey: RSAPrivateKey) {
    self.number = number
    self.createdAt = createdAt
    self.privateKey = privateKey
  }
}
