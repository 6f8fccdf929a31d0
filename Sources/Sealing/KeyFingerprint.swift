internal import COpenSSL

/// What a public key is known by: SHA-256 of its SubjectPublicKeyInfo DER, written `sha256/BASE64`.
public struct KeyFingerprint: Hashable, Sendable, CustomStringConvertible {
  private let digest: [UInt8]

  init(ofSubjectPublicKeyInfo der: [UInt8]) {
    digest = SHA256Digest.of(der)
  }

  /// What the key in an X.509 certificate is known by; nil when there is no certificate in the PEM text.
  ///
  /// Of several the first counts, which is the server's own in a chain. Nothing else of it is looked at: whether it
  /// is to be trusted is for TLS to say.
  public init?(ofCertificate pem: [UInt8]) {
    guard let certificate = Self.certificate(pem) else { return nil }
    defer { X509_free(certificate) }
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded)
    guard count > 0, let encoded else { return nil }
    defer { CRYPTO_free(encoded, nil, 0) }
    self.init(ofSubjectPublicKeyInfo: [UInt8](UnsafeBufferPointer(start: encoded, count: Int(count))))
  }

  private static func certificate(_ pem: [UInt8]) -> OpaquePointer? {
    pem.withUnsafeBytes { bytes in
      // As large as a certificate may be: no honest one has a hundredth of it.
      guard bytes.count <= 1 << 20, let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
        return nil
      }
      defer { BIO_free(bio) }
      defer { ERR_clear_error() }
      return PEM_read_bio_X509(bio, nil, nil, nil)
    }
  }

  /// Reads `sha256/BASE64`; nil for anything else, spellings that decoders forgive included.
  public init?(_ text: String) {
    let prefix = "sha256/"
    guard text.hasPrefix(prefix) else { return nil }
    let encoded = Array(text.utf8.dropFirst(prefix.utf8.count))
    // 44 characters with one of padding: 33 bytes, of which the last is the padding's.
    guard encoded.count == 44, encoded.last == UInt8(ascii: "=") else { return nil }
    var decoded = [UInt8](repeating: 0, count: 33)
    guard EVP_DecodeBlock(&decoded, encoded, 44) == 33 else { return nil }
    digest = Array(decoded.prefix(32))
    guard description == text else { return nil }
  }

  /// `sha256/` and the digest in base64, the form that HTTP public key pins use (RFC 7469 section 2.4).
  public var description: String {
    // 32 bytes make 44 characters, and EVP_EncodeBlock ends them with a zero byte.
    var text = [UInt8](repeating: 0, count: 45)
    let count = EVP_EncodeBlock(&text, digest, Int32(digest.count))
    return "sha256/" + String(decoding: text.prefix(Int(count)), as: UTF8.self)
  }
}
