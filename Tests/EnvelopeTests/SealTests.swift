import JSONText
import Sealing
import TestVectors
import Testing

@testable import Envelope

@Suite struct SealTests {
  let pair: RSAPrivateKey

  init() throws {
    pair = try RSAPrivateKey(document: TestVectors.bytes("keys/server_private_key.pem"))
  }

  @Test(arguments: [2, 3, 4, 5, 48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 200_000])
  func `what is sealed opens to the same bytes, at every length around a piece`(count: Int) throws {
    let plaintext = object(ofByteCount: count)
    let opened = try Envelope.open(
      request: Envelope.seal(request: plaintext, for: pair.publicKey), with: pair)
    #expect(opened.document.bytes == plaintext)
  }

  @Test func `the envelope has exactly the length that the reference's has`() throws {
    for count in [2, 100, 1001, 5000] {
      let sealed = try Envelope.seal(request: object(ofByteCount: count), for: pair.publicKey)
      #expect(sealed.count == 942 + 4 * ((count + 2) / 3))
    }
    let answer = try Envelope.seal(
      response: object(ofByteCount: 100), for: pair.publicKey, processedAt: 1_765_250_382)
    #expect(answer.count == 942 + 28 + 4 * 34)
  }

  @Test func `10 MiB exactly is sealed, one byte more is refused`() throws {
    let limit = Wire.requestPlaintextLimit
    let sealed = try Envelope.seal(request: object(ofByteCount: limit), for: pair.publicKey)
    #expect(sealed.count == 13_981_958)
    #expect(throws: EnvelopeSealError.tooLarge(bytes: limit + 1, limit: limit)) {
      try Envelope.seal(request: object(ofByteCount: limit + 1), for: pair.publicKey)
    }
  }

  @Test func `no two envelopes of one plaintext share a key, a nonce or a ciphertext`() throws {
    let envelopes = try (0..<20).map { _ in
      try Envelope.seal(request: object(ofByteCount: 64), for: pair.publicKey)
    }
    let parts = try envelopes.map { try SealedParts(reading: $0, depthLimit: 8) }
    #expect(Set(parts.map(\.nonce)).count == 20)
    #expect(Set(parts.map(\.wrappedKey)).count == 20)
    #expect(Set(parts.map(\.message)).count == 20)
  }

  @Test func `processed_at is read from beside the sealed parts`() throws {
    let sealed = try Envelope.seal(response: Array("{}".utf8), for: pair.publicKey, processedAt: 42)
    let opened = try Envelope.open(response: sealed, with: pair, payloadID: .random())
    #expect(opened.unauthenticatedProcessedAt == 42)
  }

  @Test func `an answer that names this request is taken, another's is refused`() throws {
    let own = try PayloadID.random()
    let sealed = try Envelope.seal(
      response: Array(#"{"_metadata": {"payload_id": "\#(own)"}}"#.utf8), for: pair.publicKey, processedAt: 1)
    #expect(throws: Never.self) { try Envelope.open(response: sealed, with: pair, payloadID: own) }
    #expect(throws: EnvelopeFault(.payloadID)) {
      try Envelope.open(response: sealed, with: pair, payloadID: .random())
    }
  }

  @Test func `an answer from another tier than the one asked for is refused`() throws {
    let id = try PayloadID.random()
    func open(_ metadata: String, asking tier: SecurityTier?) throws {
      let sealed = try Envelope.seal(
        response: Array(#"{"_metadata": \#(metadata)}"#.utf8), for: pair.publicKey, processedAt: 1)
      _ = try Envelope.open(response: sealed, with: pair, payloadID: id, tier: tier)
    }
    for given in SecurityTier.allCases {
      let metadata = #"{"security_tier": "\#(given.rawValue)"}"#
      #expect(throws: Never.self) { try open(metadata, asking: nil) }
      for asked in SecurityTier.allCases {
        if asked == given {
          #expect(throws: Never.self) { try open(metadata, asking: asked) }
        } else {
          #expect(throws: EnvelopeFault(.securityTier)) { try open(metadata, asking: asked) }
        }
      }
    }
    #expect(throws: EnvelopeFault(.securityTier)) { try open(#"{"security_tier": ""}"#, asking: .high) }
    for silent in ["{}", #"{"security_tier": null}"#] {
      #expect(throws: Never.self) { try open(silent, asking: .maximum) }
    }
  }

  @Test func `any single flipped bit in an envelope is refused or changes nothing authenticated`() throws {
    let plaintext = Array(#"{"a":"bcdefgh"}"#.utf8)
    let sealed = try Envelope.seal(response: plaintext, for: pair.publicKey, processedAt: 7)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var flipped = sealed
      flipped[Int.random(in: 0..<sealed.count, using: &generator)] ^=
        1 << UInt8.random(in: 0..<8, using: &generator)
      if let opened = try? Envelope.open(request: flipped, with: pair) {
        #expect(opened.document.bytes == plaintext)
      }
    }
  }

  /// A JSON object of exactly `count` bytes.
  private func object(ofByteCount count: Int) -> [UInt8] {
    count < 8
      ? Array("{".utf8) + [UInt8](repeating: 0x20, count: count - 2) + Array("}".utf8)
      : Array(#"{"a":""#.utf8) + [UInt8](repeating: 0x61, count: count - 8) + Array(#""}"#.utf8)
  }
}
