internal import COpenSSL

/// What a public key is known by: SHA-256 of its SubjectPublicKeyInfo DER, written `sha256/BASE64`.
public struct KeyFingerprint: Hashable, Sendable, CustomStringConvertible {
  private let digest: [UInt8]

  init(ofSubjectPublicKeyInfo der: [UInt8]) {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256(der, der.count, &digest)
    self.digest = digest
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
