/// Why a cryptographic step failed, for the local log.
///
/// Nothing of it may reach a peer: see `EnvelopeFault`.
public enum SealingError: Error, Equatable, Sendable {
  /// The wrapped key does not have the length of the recipient's modulus, or OAEP did not verify.
  case unwrapFailed
  /// What was unwrapped is not 32 bytes long.
  case contentKeyLength
  /// The GCM tag does not belong to this key, nonce and ciphertext.
  case authenticationFailed
  /// OpenSSL refused a step that cannot fail on valid input: out of memory, no entropy, a broken provider.
  case library(String)
}

/// Why a document that should hold a key is refused.
///
/// The texts are for people and never quote the document.
public enum KeyDocumentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Larger than any key document has reason to be.
  case tooLarge(limit: Int)
  /// No PEM block of the kind asked for.
  case noKey(expected: String)
  /// A private key where a public one belongs.
  case privateKeyInstead
  /// More than one PEM block: which of them counts would be a guess.
  case severalBlocks
  /// The block does not decode to a key.
  case unreadable
  /// A password is needed, or the one given is wrong.
  case wrongPassword
  /// A password was given for a key that is not protected by one.
  case needlessPassword
  /// Encrypted in a way that OpenSSL does not undo, such as scrypt with more than 32 MiB of memory.
  case unsupportedProtection
  /// A private key that does not open what its public half wraps.
  case inconsistent
  /// A key of another algorithm.
  case notRSA
  /// Fewer bits than asked for.
  case tooShort(bits: Int, minimum: Int)
  /// More bits than OpenSSL uses.
  case tooLong(bits: Int, limit: Int)
  /// The modulus is not the product of two large primes.
  case implausible
  /// A public exponent other than 65537 (PROTOCOL.md section 3).
  case exponent

  /// Whether a lower minimum would let the key pass.
  public var isTooShort: Bool {
    if case .tooShort = self { true } else { false }
  }

  /// What is wrong with the document.
  public var description: String {
    switch self {
    case .tooLarge(let limit): "the document is larger than \(limit) bytes"
    case .noKey(let expected): "there is no \(expected) block in it"
    case .privateKeyInstead: "it holds a private key where a public key belongs"
    case .severalBlocks: "it holds more than one PEM block"
    case .unreadable: "its PEM block does not decode to a key"
    case .wrongPassword: "the password is missing or wrong"
    case .needlessPassword: "a password is configured, but the key is not protected by one"
    case .unsupportedProtection: "it is protected in a way that is not supported"
    case .inconsistent: "its numbers do not belong together"
    case .notRSA: "it is not an RSA key"
    case .tooShort(let bits, let minimum): "the RSA key has \(bits) bits, fewer than \(minimum)"
    case .tooLong(let bits, let limit): "the RSA key has \(bits) bits, more than \(limit)"
    case .implausible: "its modulus cannot be that of an RSA key"
    case .exponent: "its public exponent is not 65537"
    }
  }
}
