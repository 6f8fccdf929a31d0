/// The percent-encoded form of a PEM in the `X-Public-Key` header (PROTOCOL.md section 1).
public enum PublicKeyHeader {
  /// Longer values are not a key; an RSA-16384 SPKI PEM takes under 4 KB encoded.
  public static let byteLimit = 16 * 1024

  /// Encodes as Python's `urllib.parse.quote` does: letters, digits and `_.-~/` stay, all else is `%XX` in
  /// upper case.
  ///
  /// `+` is always escaped, because a form decoder would turn it into a blank.
  public static func encode(_ pem: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    encoded.reserveCapacity(pem.utf8.count * 9 / 8)
    for byte in pem.utf8 {
      if staysAsItIs(byte) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// Decodes what any client sends, or nil where an escape is incomplete or the value is too long.
  public static func decode(_ value: String) -> [UInt8]? {
    let source = Array(value.utf8)
    guard source.count <= byteLimit else { return nil }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%") {
        guard index + 2 < source.count, let high = nibble(source[index + 1]),
          let low = nibble(source[index + 2])
        else { return nil }
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(source[index])
        index += 1
      }
    }
    return decoded
  }

  private static func staysAsItIs(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "/"):
      true
    default:
      false
    }
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
