import Foundation
import JSONText
import Sealing
import TestVectors
import Testing

@testable import Envelope

/// Every message of the index, opened or refused as it says.
@Suite struct VectorTests {
  @Test(arguments: TestVectors.index.responses)
  func `answers are opened or refused as the index says`(_ vector: TestVectors.Message) throws {
    let key = try RSAPrivateKey(document: TestVectors.bytes(vector.decrypt_with))
    let payloadID = PayloadID(description: try #require(vector.payload_id))
    let result = Result { () throws(EnvelopeFault) in
      try Envelope.open(response: TestVectors.bytes(vector.file), with: key, payloadID: payloadID)
    }
    switch vector.must {
    case .accept:
      let expected = try #require(TestVectors.pythonResult(of: vector.name))
      let text = try result.get().document.bytes
      let opened = try JSONSerialization.jsonObject(with: Data(text)) as? NSDictionary
      #expect(withoutMetadata(opened) == withoutMetadata(expected))
    case .reject:
      let fault = #expect(throws: EnvelopeFault.self) { try result.get() }
      #expect(fault?.cause.rawValue == vector.category)
    case .either:
      // Chosen: duplicates anywhere at the top of a plaintext are refused, lone surrogates are kept as written.
      if vector.name == "lax_duplicate_inner_keys" {
        #expect(throws: EnvelopeFault(.duplicateMember)) { try result.get() }
      } else {
        #expect(throws: Never.self) { try result.get() }
      }
    }
  }

  @Test(arguments: TestVectors.index.requests)
  func `requests are opened or refused as the index says`(_ vector: TestVectors.Message) throws {
    let key = try RSAPrivateKey(document: TestVectors.bytes(vector.decrypt_with))
    let result = Result { () throws(EnvelopeFault) in
      try Envelope.open(request: TestVectors.bytes(vector.file), with: key)
    }
    if vector.must == .accept {
      #expect(String(decoding: try result.get().document.bytes, as: UTF8.self) == vector.plaintext_utf8)
    } else {
      #expect(throws: EnvelopeFault.self) { try result.get() }
    }
  }

  @Test(arguments: TestVectors.index.requests.filter { $0.aes_key_hex != nil && $0.must == .accept })
  func `sealing with the recorded key and nonce gives the recorded bytes`(_ vector: TestVectors.Message)
    throws
  {
    let recipient = try RSAPrivateKey(document: TestVectors.bytes(vector.decrypt_with)).publicKey
    let aesKey = try #require(vector.aes_key_hex)
    let key = ContentKey(copying: [UInt8](hex: aesKey))
    let plaintext = Array(try #require(vector.plaintext_utf8).utf8)
    let sealed = try Envelope.seal(
      plaintext, for: recipient, processedAt: nil, key: key,
      nonce: [UInt8](hex: try #require(vector.nonce_hex)))
    var ours = try parts(sealed)
    var recorded = try parts(TestVectors.bytes(vector.file))
    // Only the OAEP seed is random.
    ours["encrypted_aes_key"] = nil
    recorded["encrypted_aes_key"] = nil
    #expect(ours as NSDictionary == recorded as NSDictionary)
    if vector.name.hasPrefix("package") {
      #expect(masked(sealed) == masked(TestVectors.bytes(vector.file)))
    }
  }

  @Test func `all refusals look alike from outside`() {
    let texts = Set(EnvelopeFault.Cause.allCases.map { EnvelopeFault($0).description })
    #expect(texts.count == 1)
  }

  private func withoutMetadata(_ object: NSDictionary?) -> NSDictionary? {
    guard var members = object as? [String: Any] else { return nil }
    // The reference writes its own members there; the strict opener adds none.
    members["_metadata"] = nil
    return members as NSDictionary
  }

  private func parts(_ envelope: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(envelope)) as? [String: Any])
  }

  /// The text with the wrapped key's characters replaced, which is all that may differ from the reference's.
  private func masked(_ envelope: [UInt8]) -> String {
    String(decoding: envelope, as: UTF8.self)
      .replacing(/"encrypted_aes_key": "[^"]*"/, with: "\"encrypted_aes_key\": \"…\"")
  }
}
