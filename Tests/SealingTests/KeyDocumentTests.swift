import Foundation
import TestVectors
import Testing

@testable import Sealing

@Suite struct KeyDocumentTests {
  @Test(arguments: TestVectors.index.server_key_documents)
  func `router key documents are taken or refused as the index says`(_ vector: TestVectors.KeyDocument) {
    let result = Result { () throws(KeyDocumentError) in
      try RSAPublicKey(document: TestVectors.bytes(vector.file), minimumBits: 4096)
    }
    switch vector.must {
    case .accept: #expect(throws: Never.self) { try result.get() }
    case .reject: #expect(throws: KeyDocumentError.self) { try result.get() }
    // The index leaves these open; the project's choice is the strict one, but for text around the block.
    case .either:
      if vector.file.hasSuffix("leading_text.pem") {
        #expect(throws: Never.self) { try result.get() }
      } else {
        #expect(throws: KeyDocumentError.self) { try result.get() }
      }
    }
  }

  @Test(arguments: [
    ("keys/server_public_key.two_keys.pem", KeyDocumentError.severalBlocks),
    ("keys/server_public_key.private_instead.pem", .privateKeyInstead),
    ("keys/server_public_key.html.pem", .noKey(expected: "PEM")),
    ("keys/server_public_key.truncated.pem", .unreadable),
    ("keys/rsa1024_public_key.pem", .tooShort(bits: 1024, minimum: 4096)),
    ("keys/rsa2048_public_key.pem", .tooShort(bits: 2048, minimum: 4096)),
    ("keys/ec_public_key.pem", .notRSA),
  ])
  func `every refusal has its own reason`(file: String, reason: KeyDocumentError) {
    #expect(throws: reason) { try RSAPublicKey(document: TestVectors.bytes(file), minimumBits: 4096) }
  }

  @Test func `a genuine modulus passes, an even one and one over the limit do not`() throws {
    let genuine = try RSAPublicKey(
      document: TestVectors.bytes("keys/server_public_key.pem"), minimumBits: 4096)
    #expect(throws: Never.self) { try genuine.validate() }
    let even = try RSAPublicKey(document: Self.document(modulusByteCount: 512, last: 0xFE), minimumBits: 4096)
    #expect(throws: KeyDocumentError.implausible) { try even.validate() }
    #expect(throws: KeyDocumentError.tooLong(bits: 8200, limit: 8192)) {
      try RSAPublicKey(document: Self.document(modulusByteCount: 1025, last: 0xFF), minimumBits: 4096)
    }
  }

  /// A key document with a modulus of `FF … last` and the customary exponent, as nobody's key generator makes it.
  private static func document(modulusByteCount count: Int, last: UInt8) -> [UInt8] {
    func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
      [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }
    let modulus = element(0x02, [0] + [UInt8](repeating: 0xFF, count: count - 1) + [last])
    let key = element(0x30, modulus + [0x02, 0x03, 0x01, 0x00, 0x01])
    let rsa: [UInt8] = [
      0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let der = element(0x30, rsa + element(0x03, [0] + key))
    return Array(
      "-----BEGIN PUBLIC KEY-----\n\(Data(der).base64EncodedString())\n-----END PUBLIC KEY-----\n".utf8)
  }

  @Test func `a 2048-bit key is taken when the minimum says so, and a 1024-bit one is not`() throws {
    let key = try RSAPublicKey(document: TestVectors.bytes("keys/rsa2048_public_key.pem"), minimumBits: 2048)
    #expect(key.bits == 2048)
    #expect(key.wrappedByteCount == 256)
    #expect(throws: KeyDocumentError.tooShort(bits: 1024, minimum: 2048)) {
      try RSAPublicKey(document: TestVectors.bytes("keys/rsa1024_public_key.pem"), minimumBits: 2048)
    }
  }

  @Test(arguments: ["client", "server", "server2", "stranger"])
  func `fingerprints are the index's pins and the PEM is written as it was read`(name: String) throws {
    let document = TestVectors.bytes("keys/\(name)_public_key.pem")
    let key = try RSAPublicKey(document: document, minimumBits: 4096)
    let pin = try #require(TestVectors.index.keys[name]?.spki_sha256_b64)
    #expect(key.fingerprint.description == "sha256/\(pin)")
    #expect(Array(key.pem.utf8) == document)
  }

  @Test(arguments: TestVectors.index.key_files.filter { $0.name != "mismatched_public_file" })
  func `private key files load or are refused as the index says`(_ vector: TestVectors.KeyFile) {
    let result = Result { () throws(KeyDocumentError) in
      try RSAPrivateKey(
        document: TestVectors.bytes(vector.private), password: vector.password.map { Array($0.utf8) })
    }
    if vector.must == .accept {
      #expect(throws: Never.self) { try result.get() }
    } else {
      #expect(throws: KeyDocumentError.self) { try result.get() }
    }
  }

  @Test func `a public file of another key is noticed by its fingerprint`() throws {
    let vector = try #require(TestVectors.index.key_files.first { $0.name == "mismatched_public_file" })
    let pair = try RSAPrivateKey(document: TestVectors.bytes(vector.private))
    let other = try RSAPublicKey(document: TestVectors.bytes(try #require(vector.public)), minimumBits: 2048)
    #expect(pair.publicKey.fingerprint != other.fingerprint)
  }

  @Test(arguments: [
    ("encrypted_wrong_password", KeyDocumentError.wrongPassword), ("encrypted_no_password", .wrongPassword),
    ("plain_with_password", .needlessPassword), ("rsa1024", .tooShort(bits: 1024, minimum: 2048)),
    ("ec", .notRSA), ("js_0_1_0_encrypted", .unreadable),
  ])
  func `a refused key file says why`(name: String, reason: KeyDocumentError) throws {
    let vector = try #require(TestVectors.index.key_files.first { $0.name == name })
    #expect(throws: reason) {
      try RSAPrivateKey(
        document: TestVectors.bytes(vector.private), password: vector.password.map { Array($0.utf8) })
    }
  }

  @Test func `a document of any size or content is refused without a trap`() {
    var generator = SystemRandomNumberGenerator()
    let template = TestVectors.bytes("keys/server_public_key.pem")
    for _ in 0..<2000 {
      var bytes = template
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      _ = try? RSAPublicKey(document: bytes, minimumBits: 2048)
    }
    #expect(throws: KeyDocumentError.tooLarge(limit: 64 * 1024)) {
      try RSAPublicKey(document: [UInt8](repeating: 0x2D, count: 64 * 1024 + 1), minimumBits: 2048)
    }
  }

  @Test func `a private key shows its fingerprint and nothing else`() throws {
    let pair = try RSAPrivateKey(document: TestVectors.bytes("keys/client_private_key.pem"))
    var dumped = ""
    dump(pair, to: &dumped)
    for text in ["\(pair)", String(reflecting: pair), dumped] {
      #expect(text.contains(pair.publicKey.fingerprint.description))
      #expect(!text.contains("KeyHandle"))
    }
  }
}
