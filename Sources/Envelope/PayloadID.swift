public import Sealing

/// Names one attempt at one request: a lower-case UUIDv4 from a cryptographic generator (PROTOCOL.md section 1).
public struct PayloadID: Sendable, Hashable, CustomStringConvertible {
  /// The 36-character text form.
  public let description: String

  /// A fresh identifier.
  public static func random() throws(SealingError) -> PayloadID {
    var bytes = try RandomBytes.make(16)
    // RFC 9562 section 5.4: version 4 in the high nibble of byte 6, variant 10 in the high bits of byte 8.
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    return PayloadID(description: String(decoding: text, as: UTF8.self))
  }
}
