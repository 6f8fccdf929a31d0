internal import COpenSSL
import Platform

/// The public half of an RSA key: wraps content keys for whoever holds the private half.
public struct RSAPublicKey: Sendable {
  let handle: KeyHandle

  /// Longer ones are nobody's who means well: to look at one of 16384 bits takes a second and a half, and a router may
  /// show another each time.
  private static let bitLimit = 8192

  /// Modulus length in bits.
  public var bits: Int { handle.bits }

  /// The length of a wrapped content key in bytes.
  public var wrappedByteCount: Int { handle.modulusByteCount }

  /// SubjectPublicKeyInfo PEM with LF line ends, 64 columns and a final newline, as the reference writes it
  /// (PROTOCOL.md section 3).
  public let pem: String

  /// What the key is known by.
  public let fingerprint: KeyFingerprint

  /// Reads a document that holds exactly one RSA public key (`BEGIN PUBLIC KEY`).
  ///
  /// - Parameters:
  ///   - document: PEM text; LF or CRLF, wrapped or on one line, text around the block is ignored.
  ///   - minimumBits: Keys with fewer bits are refused.
  public init(document bytes: [UInt8], minimumBits: Int) throws(KeyDocumentError) {
    try self.init(document: bytes, minimumBits: minimumBits, libraryContext: nil)
  }

  /// The same in an OpenSSL library context of the caller's, which tests use to fix the OAEP seed.
  package init(
    document bytes: [UInt8], minimumBits: Int, libraryContext: OpaquePointer?
  ) throws(KeyDocumentError) {
    let document = try KeyDocument(bytes)
    guard !document.label.hasSuffix("PRIVATE KEY") else { throw .privateKeyInstead }
    guard document.label == "PUBLIC KEY" else { throw .noKey(expected: "PUBLIC KEY") }
    let key = document.withBIO { PEM_read_bio_PUBKEY_ex($0, nil, nil, nil, libraryContext, nil) }
    ERR_clear_error()
    guard let key else { throw .unreadable }
    let handle = KeyHandle(key, libraryContext: libraryContext)
    guard handle.isRSA else { throw .notRSA }
    guard handle.bits >= minimumBits else { throw .tooShort(bits: handle.bits, minimum: minimumBits) }
    guard handle.bits <= Self.bitLimit else { throw .tooLong(bits: handle.bits, limit: Self.bitLimit) }
    guard handle.hasCustomaryExponent else { throw .exponent }
    guard let known = RSAPublicKey(handle) else { throw .unreadable }
    self = known
  }

  /// The public half of `handle`, or nil where OpenSSL cannot write it (out of memory).
  init?(_ handle: KeyHandle) {
    guard let der = Self.subjectPublicKeyInfo(handle), let pem = Self.pem(handle) else { return nil }
    self.handle = handle
    self.pem = pem
    fingerprint = KeyFingerprint(ofSubjectPublicKeyInfo: der)
  }

  /// Looks for what no honest key has: an even modulus, small factors, a prime for a modulus (SP 800-56B section 6.4.2).
  ///
  /// Takes milliseconds, so it is for keys that are kept.
  public func validate() throws(KeyDocumentError) {
    guard let context = EVP_PKEY_CTX_new_from_pkey(handle.libraryContext, handle.pointer, nil) else {
      throw .unreadable
    }
    defer { EVP_PKEY_CTX_free(context) }
    defer { ERR_clear_error() }
    guard EVP_PKEY_public_check(context) == 1 else { throw .implausible }
  }

  /// Wraps a content key: RSAES-OAEP, SHA-256, MGF1-SHA-256, empty label.
  public func wrap(_ key: borrowing ContentKey) throws(SealingError) -> [UInt8] {
    try handle.withOAEPContext(initialise: { EVP_PKEY_encrypt_init($0) }) { context throws(SealingError) in
      var wrapped = [UInt8](repeating: 0, count: handle.modulusByteCount)
      var length = wrapped.count
      let status = key.withBytes { secret in
        EVP_PKEY_encrypt(
          context, &wrapped, &length, secret.baseAddress?.assumingMemoryBound(to: UInt8.self), secret.count)
      }
      guard status == 1, length == wrapped.count else { throw .fromLibrary("EVP_PKEY_encrypt") }
      return wrapped
    }
  }

  private static func subjectPublicKeyInfo(_ handle: KeyHandle) -> [UInt8]? {
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = i2d_PUBKEY(handle.pointer, &encoded)
    guard count > 0, let encoded else { return nil }
    defer { CRYPTO_free(encoded, nil, 0) }
    return [UInt8](UnsafeBufferPointer(start: encoded, count: Int(count)))
  }

  private static func pem(_ handle: KeyHandle) -> String? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    guard PEM_write_bio_PUBKEY(bio, handle.pointer) == 1 else { return nil }
    var text = [UInt8](repeating: 0, count: BIO_ctrl_pending(bio))
    let count = BIO_read(bio, &text, Int32(text.count))
    return count == text.count ? String(decoding: text, as: UTF8.self) : nil
  }
}
