import JSONText
import Sealing

/// The members of an envelope, decoded and of the right lengths, before any cryptography.
struct SealedParts {
  /// The ciphertext, and after opening in place the plaintext.
  var message: [UInt8]
  let nonce: [UInt8]
  let tag: [UInt8]
  let wrappedKey: [UInt8]
  let processedAt: Int?

  init(reading bytes: [UInt8], depthLimit: Int) throws(EnvelopeFault) {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes, depthLimit: depthLimit) } catch {
      throw EnvelopeFault(.outerJSON)
    }
    guard let outer = try document.root.uniqueMembers(atMost: Self.memberLimit),
      let payload = try outer["encrypted_payload"]?.uniqueMembers(atMost: Self.memberLimit)
    else { throw EnvelopeFault(.shape) }

    let texts = (
      ciphertext: try payload.text("ciphertext"), nonce: try payload.text("nonce"),
      tag: try payload.text("tag"), wrappedKey: try outer.text("encrypted_aes_key")
    )
    try Self.checkNames(outer)
    nonce = try Self.decode(texts.nonce, count: ContentKey.nonceByteCount, otherwise: .nonceLength)
    tag = try Self.decode(texts.tag, count: ContentKey.tagByteCount, otherwise: .tagLength)
    wrappedKey = try Self.decode(texts.wrappedKey)
    message = try Self.decode(texts.ciphertext)
    processedAt = outer["processed_at"]?.integer
  }

  /// The scheme has seven, and unknown ones are allowed; what nobody has sealed must not cost more than its bytes.
  private static let memberLimit = 64

  private static func checkNames(_ outer: JSONObject) throws(EnvelopeFault) {
    guard outer["version"]?.kind == .string, outer["algorithm"]?.kind == .string else {
      throw EnvelopeFault(outer["version"]?.kind == .number ? .version : .shape)
    }
    guard outer["version"]?.string == Wire.version else { throw EnvelopeFault(.version) }
    guard outer["algorithm"]?.string == Wire.algorithm else { throw EnvelopeFault(.algorithm) }
    for (name, expected) in [
      ("key_algorithm", Wire.keyAlgorithm), ("payload_algorithm", Wire.payloadAlgorithm),
    ] {
      guard let hint = outer[name] else { continue }
      guard hint.string == expected else { throw EnvelopeFault(.algorithmHints) }
    }
  }

  private static func decode(_ text: ArraySlice<UInt8>) throws(EnvelopeFault) -> [UInt8] {
    guard let bytes = Base64.decode(text) else { throw EnvelopeFault(.base64) }
    return bytes
  }

  private static func decode(
    _ text: ArraySlice<UInt8>, count: Int, otherwise cause: EnvelopeFault.Cause
  ) throws(EnvelopeFault) -> [UInt8] {
    let bytes = try decode(text)
    guard bytes.count == count else { throw EnvelopeFault(cause) }
    return bytes
  }
}

extension JSONObject {
  /// The characters of a required string member.
  ///
  /// JSON may escape what base64 contains (`\/`), so a text with escapes is decoded; the others are read
  /// where they stand.
  fileprivate func text(_ name: String) throws(EnvelopeFault) -> ArraySlice<UInt8> {
    guard let value = self[name], let content = value.stringContent else { throw EnvelopeFault(.shape) }
    guard content.contains(UInt8(ascii: "\\")) else { return content }
    guard let decoded = value.string else { throw EnvelopeFault(.base64) }
    return ArraySlice(decoded.utf8)
  }
}
