internal import COpenSSL
import Platform

/// One AES-256-GCM operation.
///
/// OpenSSL wipes the key schedule when the context is freed.
struct CipherContext: ~Copyable {
  private let pointer: OpaquePointer

  init(key: borrowing ContentKey, nonce: [UInt8], encrypting: Bool) throws(SealingError) {
    guard let pointer = EVP_CIPHER_CTX_new() else { throw .fromLibrary("EVP_CIPHER_CTX_new") }
    let status = key.withBytes { secret in
      EVP_CipherInit_ex(
        pointer, EVP_aes_256_gcm(), nil, secret.baseAddress?.assumingMemoryBound(to: UInt8.self), nonce,
        encrypting ? 1 : 0)
    }
    guard status == 1 else {
      EVP_CIPHER_CTX_free(pointer)
      throw .fromLibrary("EVP_CipherInit_ex")
    }
    self.pointer = pointer
  }

  deinit { EVP_CIPHER_CTX_free(pointer) }

  /// Transforms `source` into the start of `target`, which may be the same memory.
  ///
  /// False if OpenSSL refuses.
  borrowing func update(
    _ target: UnsafeMutableRawBufferPointer, from source: UnsafeRawBufferPointer
  ) -> Bool {
    guard source.count > 0 else { return true }
    var written: Int32 = 0
    // Lengths are Int32 in this interface; documents are capped far below 2 GiB.
    return source.count <= Int(Int32.max) && target.count >= source.count
      && EVP_CipherUpdate(
        pointer, target.baseAddress?.assumingMemoryBound(to: UInt8.self), &written,
        source.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(source.count)) == 1
      && Int(written) == source.count
  }

  /// Ends an encryption.
  borrowing func tag() throws(SealingError) -> [UInt8] {
    var tag = [UInt8](repeating: 0, count: ContentKey.tagByteCount)
    var written: Int32 = 0
    var rest: UInt8 = 0
    guard EVP_CipherFinal_ex(pointer, &rest, &written) == 1, written == 0,
      EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
    else { throw .fromLibrary("EVP_CipherFinal_ex") }
    return tag
  }

  /// Ends a decryption: whether the tag is genuine (compared in constant time by OpenSSL).
  borrowing func verify(_ tag: [UInt8]) -> Bool {
    var expected = tag
    var written: Int32 = 0
    var rest: UInt8 = 0
    guard EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_SET_TAG, Int32(expected.count), &expected) == 1,
      EVP_CipherFinal_ex(pointer, &rest, &written) == 1
    else {
      ERR_clear_error()
      return false
    }
    return true
  }
}
