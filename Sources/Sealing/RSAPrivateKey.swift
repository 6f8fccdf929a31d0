internal import COpenSSL
import Platform

/// An RSA key pair: opens what others wrapped for its public half.
///
/// Cannot be printed; freed with its last holder.
public struct RSAPrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let handle: KeyHandle

  /// The half that may be shown to anybody.
  public let publicKey: RSAPublicKey

  /// Modulus length in bits.
  public var bits: Int { handle.bits }

  /// Says which key it is and nothing of what it holds.
  public var description: String { "RSAPrivateKey(\(publicKey.fingerprint))" }

  /// Hides the handle from reflection as well.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Makes a new pair.
  ///
  /// Takes 0.4 to 1.8 s for 4096 bits: never call it on a request's path.
  public static func generate(bits: Int) throws(SealingError) -> RSAPrivateKey {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else {
      throw .fromLibrary("EVP_PKEY_CTX_new_from_name")
    }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1,
      EVP_PKEY_generate(context, &key) == 1, let key
    else { throw .fromLibrary("EVP_PKEY_generate") }
    let handle = KeyHandle(key)
    guard let publicKey = RSAPublicKey(handle) else { throw .fromLibrary("i2d_PUBKEY") }
    return RSAPrivateKey(handle: handle, publicKey: publicKey)
  }

  /// Reads a document that holds exactly one RSA private key: PKCS#8, plain or protected by a password, or PKCS#1.
  ///
  /// - Parameters:
  ///   - document: PEM text. The caller wipes it.
  ///   - password: UTF-8 bytes as typed, nil for a plain key. A password for a key that has none is an error.
  ///   - minimumBits: Keys with fewer bits are refused.
  public init(
    document bytes: [UInt8], password: [UInt8]? = nil, minimumBits: Int = 2048
  ) throws(KeyDocumentError) {
    let document = try KeyDocument(bytes)
    guard document.label.hasSuffix("PRIVATE KEY") else { throw .noKey(expected: "PRIVATE KEY") }
    let prompt = PasswordPrompt(password)
    let key = document.withBIO { bio in
      PEM_read_bio_PrivateKey(bio, nil, PasswordPrompt.answer, Unmanaged.passUnretained(prompt).toOpaque())
    }
    ERR_clear_error()
    guard let key else { throw prompt.wasAsked ? .wrongPassword : .unreadable }
    let handle = KeyHandle(key)
    guard password == nil || prompt.wasAsked else { throw .needlessPassword }
    guard handle.isRSA else { throw .notRSA }
    guard handle.bits >= minimumBits else { throw .tooShort(bits: handle.bits, minimum: minimumBits) }
    guard handle.hasCustomaryExponent else { throw .exponent }
    guard let publicKey = RSAPublicKey(handle) else { throw .unreadable }
    self.init(handle: handle, publicKey: publicKey)
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

  private init(handle: KeyHandle, publicKey: RSAPublicKey) {
    self.handle = handle
    self.publicKey = publicKey
  }
}

/// Hands OpenSSL the password of a key file and remembers whether it was asked for one at all.
private final class PasswordPrompt {
  private let password: [UInt8]?
  private(set) var wasAsked = false

  init(_ password: [UInt8]?) { self.password = password }

  /// A `pem_password_cb`: the length of the password written to `buffer`, or -1 for none.
  static let answer:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
      buffer, size, _, context in
      guard let buffer, let context else { return -1 }
      let prompt = Unmanaged<PasswordPrompt>.fromOpaque(context).takeUnretainedValue()
      prompt.wasAsked = true
      guard let password = prompt.password, password.count <= Int(size) else { return -1 }
      UnsafeMutableRawPointer(buffer).copyMemory(from: password, byteCount: password.count)
      return Int32(password.count)
    }
}
