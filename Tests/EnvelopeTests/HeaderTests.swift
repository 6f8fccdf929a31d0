import Foundation
import Sealing
import TestVectors
import Testing

@testable import Envelope

@Suite struct HeaderTests {
  @Test func `the public key is encoded as Python does it`() throws {
    let key = try RSAPublicKey(document: TestVectors.bytes("keys/client_public_key.pem"), minimumBits: 4096)
    #expect(PublicKeyHeader.encode(key.pem) == TestVectors.index.keys["client"]?.x_public_key_python)
  }

  @Test func `every client's encoding decodes to a document with that key`() throws {
    let known = try #require(TestVectors.index.keys["client"])
    let texts = [known.x_public_key_python, known.x_public_key_python_from_file, known.x_public_key_js]
    for text in texts {
      let value = try #require(text)
      let document = try #require(PublicKeyHeader.decode(value))
      let key = try RSAPublicKey(document: document, minimumBits: 4096)
      #expect(key.fingerprint.description == "sha256/\(known.spki_sha256_b64)")
    }
  }

  @Test(arguments: ["%", "%2", "abc%", "%GG", "%2G", "%+1", String(repeating: "a", count: 16 * 1024 + 1)])
  func `broken or endless header values are refused`(text: String) {
    #expect(PublicKeyHeader.decode(text) == nil)
  }

  @Test func `payload identifiers are lower-case version 4 UUIDs and do not repeat`() throws {
    var seen: Set<String> = []
    for _ in 0..<1000 {
      let text = try PayloadID.random().description
      #expect(
        text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
      #expect(UUID(uuidString: text) != nil)
      seen.insert(text)
    }
    #expect(seen.count == 1000)
  }
}
