/// Base64 exactly as RFC 4648 section 4 writes it: standard alphabet, padding, nothing else.
///
/// Decoders that skip foreign characters or ignore what follows the padding let two readers see two messages
/// (PROTOCOL.md section 7, row 9), so this one refuses, non-zero trailing bits included.
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  private static let invalid: UInt8 = 0xFF

  /// The sextet of each byte, `invalid` for bytes outside the alphabet.
  private static let sextets: [UInt8] = {
    var table = [UInt8](repeating: invalid, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  /// The two characters of each 12-bit group, so that encoding takes two look-ups for three bytes.
  private static let pairs: [UInt16] = (0..<4096).map { group in
    // Little-endian, so that storing the pair as it stands writes the first character first.
    (UInt16(alphabet[group >> 6]) | UInt16(alphabet[group & 63]) << 8).littleEndian
  }

  /// The number of characters that `byteCount` bytes take.
  public static func encodedCount(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

  /// Appends the encoded form of `bytes`.
  public static func encode(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    let start = output.count
    output.append(contentsOf: repeatElement(padding, count: encodedCount(bytes.count)))
    output.withUnsafeMutableBytes { target in
      encode(bytes, into: UnsafeMutableRawBufferPointer(rebasing: target[start...]))
    }
  }

  /// Writes the encoded form of `bytes` to `target`, which has room for exactly `encodedCount` characters.
  static func encode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    precondition(target.count == encodedCount(bytes.count))
    var read = 0
    var written = 0
    pairs.withUnsafeBufferPointer { pairs in
      while read + 3 <= bytes.count {
        let group = Int(bytes[read]) << 16 | Int(bytes[read + 1]) << 8 | Int(bytes[read + 2])
        target.storeBytes(of: pairs[group >> 12], toByteOffset: written, as: UInt16.self)
        target.storeBytes(of: pairs[group & 0xFFF], toByteOffset: written + 2, as: UInt16.self)
        read += 3
        written += 4
      }
    }
    let rest = bytes.count - read
    guard rest > 0 else { return }
    let group = Int(bytes[read]) << 16 | (rest == 2 ? Int(bytes[read + 1]) << 8 : 0)
    target[written] = alphabet[group >> 18]
    target[written + 1] = alphabet[group >> 12 & 63]
    target[written + 2] = rest == 2 ? alphabet[group >> 6 & 63] : padding
    target[written + 3] = padding
  }

  /// The bytes that `text` stands for, or nil where it is not canonical base64.
  public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    guard !text.isEmpty else { return [] }
    let last = text.endIndex - 1
    let padded = text[last] != padding ? 0 : text[last - 1] != padding ? 1 : 2
    let count = text.count / 4 * 3 - padded
    var valid = false
    let decoded = text.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
        target.initialize(repeating: 0)
        initialized = count
        valid = decode(source, padded: padded, into: target)
      }
    }
    return valid ? decoded : nil
  }

  private static func decode(
    _ source: UnsafeBufferPointer<UInt8>, padded: Int, into target: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    sextets.withUnsafeBufferPointer { sextets in
      let whole = padded == 0 ? source.count : source.count - 4
      var read = 0
      var written = 0
      // Sextets of valid characters have their two high bits clear; one OR over all tells whether any was not.
      var seen: UInt8 = 0
      while read < whole {
        let a = sextets[Int(source[read])]
        let b = sextets[Int(source[read + 1])]
        let c = sextets[Int(source[read + 2])]
        let d = sextets[Int(source[read + 3])]
        seen |= a | b | c | d
        target[written] = a << 2 | b >> 4
        target[written + 1] = b << 4 | c >> 2
        target[written + 2] = c << 6 | d
        read += 4
        written += 3
      }
      guard padded > 0 else { return seen < 64 }
      let a = sextets[Int(source[read])]
      let b = sextets[Int(source[read + 1])]
      let c = padded == 1 ? sextets[Int(source[read + 2])] : 0
      seen |= a | b | c
      target[written] = a << 2 | b >> 4
      if padded == 1 { target[written + 1] = b << 4 | c >> 2 }
      let trailing = padded == 1 ? c & 0x03 : b & 0x0F
      return seen < 64 && trailing == 0
    }
  }
}
