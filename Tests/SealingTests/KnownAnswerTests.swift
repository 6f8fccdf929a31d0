internal import COpenSSL
import Platform
import TestVectors
import Testing

@testable import Sealing

/// Byte-exact answers for fixed keys, nonces and OAEP seeds (PROTOCOL.md section 9, `kat/hybrid_kat.json`).
@Suite struct KnownAnswerTests {
  let known = TestVectors.knownAnswer

  @Test func `AES-256-GCM gives the known ciphertext and tag`() throws {
    var sealed: [UInt8] = []
    let tag = try contentKey().seal(
      Array(known.plaintext_utf8.utf8), nonce: [UInt8](hex: known.nonce_hex), pieceByteCount: 7
    ) { sealed += $0 }
    #expect(sealed.hex == known.ciphertext_hex)
    #expect(tag.hex == known.tag_hex)
  }

  @Test func `AES-256-GCM opens the known ciphertext`() throws {
    var message = [UInt8](hex: known.ciphertext_hex)
    try contentKey().open(
      &message, nonce: [UInt8](hex: known.nonce_hex), tag: [UInt8](hex: known.tag_hex))
    #expect(String(decoding: message, as: UTF8.self) == known.plaintext_utf8)
  }

  @Test func `a flipped bit anywhere in ciphertext or tag is refused and leaves no plaintext`() throws {
    let ciphertext = [UInt8](hex: known.ciphertext_hex)
    let tag = [UInt8](hex: known.tag_hex)
    let nonce = [UInt8](hex: known.nonce_hex)
    for bit in 0..<(ciphertext.count * 8) {
      var message = ciphertext
      message[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: SealingError.authenticationFailed) {
        try contentKey().open(&message, nonce: nonce, tag: tag)
      }
      #expect(message.allSatisfy { $0 == 0 })
    }
    for bit in 0..<(tag.count * 8) {
      var message = ciphertext
      var forged = tag
      forged[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: SealingError.authenticationFailed) {
        try contentKey().open(&message, nonce: nonce, tag: forged)
      }
    }
  }

  @Test func `RSA-OAEP with a fixed seed gives the known wrapped key`() throws {
    let seeded = try SeededLibraryContext(seed: [UInt8](hex: known.oaep_seed_hex))
    let key = try RSAPublicKey(
      document: TestVectors.bytes(known.rsa_public_key), minimumBits: 4096,
      libraryContext: seeded.pointer)
    #expect(try key.wrap(contentKey()).hex == known.encrypted_aes_key_hex)
  }

  @Test func `RSA-OAEP opens the known wrapped key`() throws {
    let key = try RSAPrivateKey(document: TestVectors.bytes(known.rsa_private_key))
    let opened = try key.unwrap([UInt8](hex: known.encrypted_aes_key_hex))
    #expect(opened.withBytes { [UInt8]($0) }.hex == known.aes_key_hex)
  }

  @Test func `two wraps of one key differ, and both open`() throws {
    let pair = try RSAPrivateKey(document: TestVectors.bytes(known.rsa_private_key))
    let first = try pair.publicKey.wrap(contentKey())
    let second = try pair.publicKey.wrap(contentKey())
    #expect(first != second)
    for wrapped in [first, second] {
      #expect(try pair.unwrap(wrapped).withBytes { [UInt8]($0) }.hex == known.aes_key_hex)
    }
  }

  private func contentKey() -> ContentKey {
    ContentKey(copying: [UInt8](hex: known.aes_key_hex))
  }
}

/// An OpenSSL library context whose random generator yields given bytes (`TEST-RAND`, EVP_RAND-TEST-RAND(7)), so that
/// the production code itself runs with a fixed OAEP seed.
final class SeededLibraryContext {
  let pointer: OpaquePointer

  init(seed: [UInt8]) throws {
    pointer = try #require(OSSL_LIB_CTX_new())
    try #require(RAND_set_DRBG_type(pointer, "TEST-RAND", nil, nil, nil) == 1)
    let generator = try #require(RAND_get0_public(pointer))
    try #require(EVP_RAND_uninstantiate(generator) == 1)
    try #require(Self.feed(seed, to: generator) == 1)
  }

  /// The parameters keep pointers to their names, so the names live as C strings until the call is over.
  private static func feed(_ seed: [UInt8], to generator: OpaquePointer) -> Int32 {
    var entropy = seed
    var strength: UInt32 = 256
    return OSSL_RAND_PARAM_STRENGTH.withCString { strengthName in
      OSSL_RAND_PARAM_TEST_ENTROPY.withCString { entropyName in
        entropy.withUnsafeMutableBytes { entropy in
          withUnsafeMutablePointer(to: &strength) { strength in
            var parameters = [
              OSSL_PARAM_construct_uint(strengthName, strength),
              OSSL_PARAM_construct_octet_string(entropyName, entropy.baseAddress, entropy.count),
              OSSL_PARAM_construct_end(),
            ]
            return EVP_RAND_instantiate(generator, 256, 0, nil, 0, &parameters)
          }
        }
      }
    }
  }

  deinit { OSSL_LIB_CTX_free(pointer) }
}
