internal import COpenSSL
import Platform

/// What a password does to a private key: PKCS#8's EncryptedPrivateKeyInfo (RFC 5958 section 3).
enum PasswordProtection {
  /// Parameters of scrypt (RFC 7914 section 2) that take 16 MiB and as much computing as N = 2^17 with p = 1.
  ///
  /// A larger N needs more than the 32 MiB that OpenSSL grants scrypt when it reads a key file, so that no program
  /// that reads with OpenSSL, this one included, could open the key again.
  private enum Scrypt {
    static let n: UInt64 = 1 << 14
    static let r: UInt64 = 8
    static let p: UInt64 = 8
    static let saltByteCount: Int32 = 16
  }

  /// Encrypts a PrivateKeyInfo with AES-256-CBC under a key that scrypt makes of the password.
  static func seal(
    _ plain: borrowing SecretBytes, password: borrowing SecretBytes
  ) throws(SealingError) -> SecretBytes {
    guard
      let scheme = PKCS5_pbe2_set_scrypt(
        EVP_aes_256_cbc(), nil, Scrypt.saltByteCount, nil, Scrypt.n, Scrypt.r, Scrypt.p)
    else { throw .fromLibrary("PKCS5_pbe2_set_scrypt") }
    defer { X509_ALGOR_free(scheme) }
    guard let cipher = cipher(scheme, password: password, encrypting: true) else {
      throw .fromLibrary("EVP_PBE_CipherInit")
    }
    defer { EVP_CIPHER_CTX_free(cipher) }
    guard let encrypted = plain.withBytes({ run(cipher, $0) }) else {
      throw .fromLibrary("EVP_CipherFinal_ex")
    }
    guard let document = X509_SIG_new() else { throw .fromLibrary("X509_SIG_new") }
    defer { X509_SIG_free(document) }
    var algorithm: UnsafeMutablePointer<X509_ALGOR>?
    var content: UnsafeMutablePointer<ASN1_OCTET_STRING>?
    X509_SIG_getm(document, &algorithm, &content)
    let isFilled = encrypted.withBytes {
      X509_ALGOR_copy(algorithm, scheme) == 1
        && ASN1_STRING_set(content, $0.baseAddress, Int32($0.count)) == 1
    }
    var der = SecretBytes(zeroed: Int(max(0, i2d_X509_SIG(document, nil))))
    let written = der.withMutableBytes { buffer in
      var position = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return i2d_X509_SIG(document, &position)
    }
    guard isFilled, written > 0 else { throw .fromLibrary("i2d_X509_SIG") }
    return der
  }

  /// Decrypts to a PrivateKeyInfo.
  static func open(
    _ sealed: borrowing SecretBytes, password: borrowing SecretBytes
  ) throws(KeyDocumentError) -> SecretBytes {
    let document = sealed.withBytes { bytes in
      var position = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return d2i_X509_SIG(nil, &position, bytes.count)
    }
    guard let document else { throw .unreadable }
    defer { X509_SIG_free(document) }
    var algorithm: UnsafePointer<X509_ALGOR>?
    var content: UnsafePointer<ASN1_OCTET_STRING>?
    X509_SIG_get0(document, &algorithm, &content)
    guard let algorithm, let cipher = cipher(algorithm, password: password, encrypting: false) else {
      throw .unsupportedProtection
    }
    defer { EVP_CIPHER_CTX_free(cipher) }
    let encrypted = UnsafeRawBufferPointer(
      start: ASN1_STRING_get0_data(content), count: Int(ASN1_STRING_length(content)))
    guard let plain = run(cipher, encrypted) else { throw .wrongPassword }
    return plain
  }

  /// A cipher keyed with what the scheme makes of the password; nil for a scheme that OpenSSL refuses.
  private static func cipher(
    _ scheme: UnsafePointer<X509_ALGOR>, password: borrowing SecretBytes, encrypting: Bool
  ) -> OpaquePointer? {
    guard let context = EVP_CIPHER_CTX_new() else { return nil }
    let status = password.withBytes { secret in
      EVP_PBE_CipherInit(
        scheme.pointee.algorithm, secret.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(secret.count),
        scheme.pointee.parameter, context, encrypting ? 1 : 0)
    }
    if status == 1 { return context }
    EVP_CIPHER_CTX_free(context)
    return nil
  }

  /// All of `source` through the cipher, padding put on or taken off; nil for padding that is none.
  private static func run(_ cipher: OpaquePointer, _ source: UnsafeRawBufferPointer) -> SecretBytes? {
    var target = SecretBytes(zeroed: source.count + Int(EVP_MAX_BLOCK_LENGTH))
    var count: Int32 = 0
    var rest: Int32 = 0
    let status = target.withMutableBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      guard
        EVP_CipherUpdate(
          cipher, start, &count, source.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(source.count))
          == 1
      else { return Int32(0) }
      return EVP_CipherFinal_ex(cipher, start?.advanced(by: Int(count)), &rest)
    }
    guard status == 1 else { return nil }
    return target.withBytes { SecretBytes(copying: $0.prefix(Int(count + rest))) }
  }
}
