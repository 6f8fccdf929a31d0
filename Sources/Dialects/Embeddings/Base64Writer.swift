/// Base64 (RFC 4648 section 4) of 32-bit words in little-endian order, as numpy writes `float32` on the machines that embedders run on.
struct Base64Writer {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private var text: [UInt8] = []
  /// The bits that wait until there are 24, the first of them highest.
  private var pending: UInt64 = 0
  private var pendingBytes = 0

  mutating func append(_ word: UInt32) {
    pending = pending << 32 | UInt64(word.byteSwapped)
    pendingBytes += 4
    while pendingBytes >= 3 {
      pendingBytes -= 3
      group(UInt32(truncatingIfNeeded: pending >> (pendingBytes * 8)), digits: 4)
    }
    pending &= 1 << (pendingBytes * 8) - 1
  }

  /// All of the text, padded.
  consuming func finished() -> [UInt8] {
    guard pendingBytes > 0 else { return text }
    group(UInt32(truncatingIfNeeded: pending << ((3 - pendingBytes) * 8)), digits: pendingBytes + 1)
    for _ in pendingBytes..<3 { text.append(UInt8(ascii: "=")) }
    return text
  }

  private mutating func group(_ bits: UInt32, digits count: Int) {
    for position in 0..<count {
      text.append(Self.digits[Int(bits >> (18 - 6 * UInt32(position)) & 0x3F)])
    }
  }
}
