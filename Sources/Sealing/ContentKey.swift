internal import COpenSSL
import Platform

/// The AES-256-GCM key of one message: made or unwrapped, used once, wiped.
public struct ContentKey: ~Copyable, Sendable {
  /// AES-256.
  public static let byteCount = 32
  /// 96 bits, the only nonce length the scheme allows (PROTOCOL.md section 2).
  public static let nonceByteCount = 12
  /// 128 bits; shorter tags are forgeable.
  public static let tagByteCount = 16

  private let bytes: SecretBytes

  /// A fresh key from OpenSSL's private random generator.
  public static func random() throws(SealingError) -> ContentKey {
    var bytes = SecretBytes(zeroed: byteCount)
    let status = bytes.withMutableBytes { buffer in
      RAND_priv_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count))
    }
    guard status == 1 else { throw .fromLibrary("RAND_priv_bytes") }
    return ContentKey(bytes: bytes)
  }

  /// A key with given bytes: what was unwrapped, or a test's fixed key.
  package init(copying source: some Collection<UInt8>) {
    precondition(source.count == Self.byteCount, "callers check the length first")
    bytes = SecretBytes(copying: source)
  }

  private init(bytes: consuming SecretBytes) { self.bytes = bytes }

  borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withBytes(body)
  }

  /// Encrypts `plaintext` and hands the ciphertext on in pieces, so that no second copy of a large message is made.
  ///
  /// - Parameters:
  ///   - plaintext: The message.
  ///   - nonce: 12 bytes that this key has never been used with.
  ///   - pieceByteCount: The size of every piece but the last.
  ///   - emit: Takes each piece in order.
  /// - Returns: The 16-byte tag.
  public borrowing func seal(
    _ plaintext: [UInt8], nonce: [UInt8], pieceByteCount: Int, emit: (UnsafeRawBufferPointer) -> Void
  ) throws(SealingError) -> [UInt8] {
    precondition(nonce.count == Self.nonceByteCount && pieceByteCount > 0)
    let cipher = try CipherContext(key: self, nonce: nonce, encrypting: true)
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(pieceByteCount, max(plaintext.count, 1)), alignment: 16)
    defer { scratch.deallocate() }
    var offset = 0
    while offset < plaintext.count {
      let count = min(pieceByteCount, plaintext.count - offset)
      let done = plaintext.withUnsafeBytes { source in
        cipher.update(scratch, from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
      }
      guard done else { throw .fromLibrary("EVP_CipherUpdate") }
      emit(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
      offset += count
    }
    return try cipher.tag()
  }

  /// Decrypts in place.
  ///
  /// On any failure the buffer is wiped, so that unverified plaintext never leaves.
  public borrowing func open(_ message: inout [UInt8], nonce: [UInt8], tag: [UInt8]) throws(SealingError) {
    precondition(nonce.count == Self.nonceByteCount && tag.count == Self.tagByteCount)
    let cipher = try CipherContext(key: self, nonce: nonce, encrypting: false)
    var authentic = false
    defer {
      if !authentic { message.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    }
    let done = message.withUnsafeMutableBytes { cipher.update($0, from: UnsafeRawBufferPointer($0)) }
    guard done else { throw .fromLibrary("EVP_CipherUpdate") }
    authentic = cipher.verify(tag)
    guard authentic else { throw .authenticationFailed }
  }
}
