internal import COpenSSL
public import Platform

extension RSAPrivateKey {
  /// The pair as PEM text: PKCS#8, as NOMYO's own package keeps it (PROTOCOL.md section 3).
  ///
  /// Everything in between is wiped here; what OpenSSL's encoder leaves in memory that it freed is for the heap to
  /// overwrite. Takes 0.3 s with a password, which goes through scrypt.
  ///
  /// - Parameter password: UTF-8 bytes as typed; nil for a file whose only protection is its permissions.
  public func pkcs8(password: borrowing SecretBytes?) throws(SealingError) -> SecretBytes {
    let plain = try privateKeyInfo()
    switch password {
    case .none:
      return try Self.pem("PRIVATE KEY", plain)
    case .some(let password):
      return try Self.pem("ENCRYPTED PRIVATE KEY", PasswordProtection.seal(plain, password: password))
    }
  }

  private func privateKeyInfo() throws(SealingError) -> SecretBytes {
    // Freeing it wipes it.
    guard let info = EVP_PKEY2PKCS8(handle.pointer) else { throw .fromLibrary("EVP_PKEY2PKCS8") }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    var der = SecretBytes(zeroed: Int(max(0, i2d_PKCS8_PRIV_KEY_INFO(info, nil))))
    let written = der.withMutableBytes { buffer in
      var position = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return i2d_PKCS8_PRIV_KEY_INFO(info, &position)
    }
    guard written > 0 else { throw .fromLibrary("i2d_PKCS8_PRIV_KEY_INFO") }
    return der
  }

  private static func pem(_ label: String, _ content: borrowing SecretBytes) throws(SealingError)
    -> SecretBytes
  {
    // A memory BIO wipes what it held when it grows and when it is freed.
    guard let bio = BIO_new(BIO_s_mem()) else { throw .fromLibrary("BIO_new") }
    defer { BIO_free(bio) }
    let status = content.withBytes { bytes in
      PEM_write_bio(bio, label, "", bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    var text = SecretBytes(zeroed: BIO_ctrl_pending(bio))
    let count = text.withMutableBytes { BIO_read(bio, $0.baseAddress, Int32($0.count)) }
    guard status > 0, Int(count) == text.count else { throw .fromLibrary("PEM_write_bio") }
    return text
  }
}
