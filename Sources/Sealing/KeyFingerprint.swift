internal import COpenSSL

/// What a public key is known by: SHA-256 of its SubjectPublicKeyInfo DER, written `sha256/BASE64`.
public struct KeyFingerprint: Hashable, Sendable, CustomStringConvertible {
  private let digest: [UInt8]

  init(ofSubjectPublicKeyInfo der: [UInt8]) {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256(der, der.count, &digest)
    self.digest = digest
  }

  /// `sha256/` and the digest in base64, the form that HTTP public key pins use (RFC 7469 section 2.4).
  public var description: String {
    // 32 bytes make 44 characters, and EVP_EncodeBlock ends them with a zero byte.
    var text = [UInt8](repeating: 0, count: 45)
    let count = EVP_EncodeBlock(&text, digest, Int32(digest.count))
    return "sha256/" + String(decoding: text.prefix(Int(count)), as: UTF8.self)
  }
}
