/// Why a chain and a key cannot be served.
public enum TLSIdentityFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text for the chain has no certificate in PEM.
  case noCertificate
  /// One of the certificates cannot be read, or not be used by a server.
  case unusableCertificate
  /// The text for the key has no private key in PEM.
  case noKey
  /// The key is protected by a password.
  case encryptedKey
  /// The key cannot be read, or is of a kind that TLS has no use for.
  case unusableKey
  /// The first certificate's key is longer than ``TLSIdentity/largestPublicKey``.
  case longKey
  /// The key is not that of the first certificate.
  case mismatch

  /// Whether it is the key that has to be mended, rather than the chain.
  public var concernsKey: Bool {
    switch self {
    case .noCertificate, .unusableCertificate: false
    case .noKey, .encryptedKey, .unusableKey, .longKey, .mismatch: true
    }
  }

  /// The fault in words that follow the file's name.
  public var description: String {
    switch self {
    case .noCertificate: "holds no certificate in PEM"
    case .unusableCertificate: "holds a certificate that cannot be read"
    case .noKey: "holds no private key in PEM"
    case .encryptedKey: "holds a key that is protected by a password"
    case .unusableKey: "holds a private key that cannot be read"
    case .longKey:
      "holds an RSA key of more than 4096 bits, with which each handshake would hold up all callers; use ECDSA P-256, or a shorter one"
    case .mismatch: "holds a key that is not the one of the first certificate in the chain"
    }
  }
}
