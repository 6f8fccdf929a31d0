internal import COpenSSL
import Platform

/// An RSA key pair: opens what others wrapped for its public half.
///
/// Cannot be printed; freed with its last holder.
public struct RSAPrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
  let handle: KeyHandle

  /// The half that may be shown to anybody.
  public let publicKey: RSAPublicKey

  /// Modulus length in bits.
  public var bits: Int { handle.bits }

  /// How many primes the modulus has.
  public let primes: Int

  /// Says which key it is and nothing of what it holds.
  public var description: String { "RSAPrivateKey(\(publicKey.fingerprint))" }

  /// Hides the handle from reflection as well.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Makes a new pair.
  ///
  /// Takes 0.4 to 1.8 s for 4096 bits and 2 primes: never call it on a request's path.
  ///
  /// - Parameters:
  ///   - bits: Modulus length.
  ///   - primes: More than 2 make the private operation faster and change nothing for whoever wraps (RFC 8017
  ///     section 3.2). OpenSSL allows 3 from 1024 bits on and 4 from 4096.
  public static func generate(bits: Int, primes: Int = 2) throws(SealingError) -> RSAPrivateKey {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else {
      throw .fromLibrary("EVP_PKEY_CTX_new_from_name")
    }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1,
      EVP_PKEY_CTX_set_rsa_keygen_primes(context, Int32(primes)) == 1,
      EVP_PKEY_generate(context, &key) == 1, let key
    else { throw .fromLibrary("EVP_PKEY_generate") }
    let handle = KeyHandle(key)
    guard let pair = RSAPrivateKey(handle) else { throw .fromLibrary("i2d_PUBKEY") }
    return pair
  }

  /// Opens a wrapped content key.
  ///
  /// One RSA private operation, 4.3 ms for 4096 bits: never on an event loop.
  public func unwrap(_ wrapped: [UInt8]) throws(SealingError) -> ContentKey {
    guard wrapped.count == handle.modulusByteCount else { throw .unwrapFailed }
    // OpenSSL wants room for a whole modulus, whatever the padding leaves.
    var opened = SecretBytes(zeroed: handle.modulusByteCount)
    var length = opened.count
    let status = try handle.withOAEPContext(initialise: { EVP_PKEY_decrypt_init($0) }) { context in
      opened.withMutableBytes { buffer in
        EVP_PKEY_decrypt(
          context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), &length, wrapped, wrapped.count)
      }
    }
    guard status == 1 else {
      ERR_clear_error()
      throw .unwrapFailed
    }
    guard length == ContentKey.byteCount else { throw .contentKeyLength }
    return opened.withBytes { ContentKey(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(length))) }
  }

  /// The pair of `handle`, or nil where OpenSSL cannot write its public half (out of memory).
  init?(_ handle: KeyHandle) {
    guard let publicKey = RSAPublicKey(handle) else { return nil }
    self.handle = handle
    self.publicKey = publicKey
    primes = handle.primes
  }
}
