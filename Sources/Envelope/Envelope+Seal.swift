public import Sealing

/// The sealed form of one message, in either direction (PROTOCOL.md section 2).
public enum Envelope {
  /// Seals a request for the router.
  ///
  /// - Throws: `tooLarge` before anything is encrypted when the plaintext is over the protocol's limit.
  public static func seal(
    request plaintext: [UInt8], for recipient: RSAPublicKey
  ) throws(EnvelopeSealError) -> [UInt8] {
    guard plaintext.count <= Wire.requestPlaintextLimit else {
      throw .tooLarge(bytes: plaintext.count, limit: Wire.requestPlaintextLimit)
    }
    return try seal(plaintext, for: recipient, processedAt: nil)
  }

  /// Seals an answer for a client, as a router does.
  ///
  /// - Parameter processedAt: Unix seconds, put beside the sealed parts where nothing authenticates them.
  public static func seal(
    response plaintext: [UInt8], for recipient: RSAPublicKey, processedAt: Int
  ) throws(EnvelopeSealError) -> [UInt8] {
    try seal(plaintext, for: recipient, processedAt: processedAt)
  }

  private static func seal(
    _ plaintext: [UInt8], for recipient: RSAPublicKey, processedAt: Int?
  ) throws(EnvelopeSealError) -> [UInt8] {
    do {
      return try seal(
        plaintext, for: recipient, processedAt: processedAt, key: .random(),
        nonce: RandomBytes.make(ContentKey.nonceByteCount))
    } catch { throw .library("\(error)") }
  }

  /// The same with a given content key and nonce, which only tests may choose.
  package static func seal(
    _ plaintext: [UInt8], for recipient: RSAPublicKey, processedAt: Int?, key: consuming ContentKey,
    nonce: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    let wrapped = try recipient.wrap(key)
    var text: [UInt8] = []
    text.reserveCapacity(
      framingByteCount + Base64.encodedCount(plaintext.count) + Base64.encodedCount(wrapped.count))
    // Members in the reference's order and with its separators, so that an envelope's length tells no
    // observer which client made it.
    text.append(string: #"{"version": "\#(Wire.version)", "algorithm": "\#(Wire.algorithm)", "#)
    text.append(string: #""encrypted_payload": {"ciphertext": ""#)
    let tag = try key.seal(plaintext, nonce: nonce, pieceByteCount: pieceByteCount) { piece in
      Base64.encode(piece, into: &text)
    }
    text.append(string: #"", "nonce": ""#)
    text.append(base64: nonce)
    text.append(string: #"", "tag": ""#)
    text.append(base64: tag)
    text.append(string: #""}, "encrypted_aes_key": ""#)
    text.append(base64: wrapped)
    text.append(
      string:
        #"", "key_algorithm": "\#(Wire.keyAlgorithm)", "payload_algorithm": "\#(Wire.payloadAlgorithm)""#)
    if let processedAt { text.append(string: #", "processed_at": \#(processedAt)"#) }
    text.append(UInt8(ascii: "}"))
    return text
  }

  /// A multiple of three, so that the base64 of the pieces joins to the base64 of the whole, and small enough to
  /// stay in the processor's cache between encrypting and encoding.
  private static let pieceByteCount = 48 * 1024

  /// More than all names, nonce, tag and `processed_at` take together.
  private static let framingByteCount = 512
}

extension [UInt8] {
  fileprivate mutating func append(string: String) { append(contentsOf: string.utf8) }

  fileprivate mutating func append(base64 bytes: [UInt8]) {
    bytes.withUnsafeBytes { Base64.encode($0, into: &self) }
  }
}
