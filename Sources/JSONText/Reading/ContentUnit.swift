/// One scalar of a JSON string's content, in any of the ways to write it.
struct ContentUnit {
  /// The scalar; nil for a lone surrogate escape, and for bytes that no validated string holds.
  let scalar: Unicode.Scalar?
  /// The number of bytes it is written with.
  let length: Int
}

extension Span<UInt8> {
  /// Reads the character, escape or pair of surrogate escapes at `index`.
  ///
  /// Safe for any bytes: what is malformed counts as units of one byte.
  func contentUnit(at index: Int) -> ContentUnit {
    let byte = self[index]
    if byte == ASCII.backslash { return escapedUnit(at: index) }
    if byte < 0x80 { return ContentUnit(scalar: Unicode.Scalar(byte), length: 1) }
    let length = multiByteLength(at: index)
    guard length > 0 else { return ContentUnit(scalar: nil, length: 1) }
    return ContentUnit(scalar: multiByteScalar(at: index, length: length), length: length)
  }

  private func escapedUnit(at index: Int) -> ContentUnit {
    guard index + 1 < count else { return ContentUnit(scalar: nil, length: 1) }
    switch self[index + 1] {
    case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"):
      return ContentUnit(scalar: Unicode.Scalar(self[index + 1]), length: 2)
    case UInt8(ascii: "b"): return ContentUnit(scalar: "\u{08}", length: 2)
    case UInt8(ascii: "f"): return ContentUnit(scalar: "\u{0C}", length: 2)
    case UInt8(ascii: "n"): return ContentUnit(scalar: "\n", length: 2)
    case UInt8(ascii: "r"): return ContentUnit(scalar: "\r", length: 2)
    case UInt8(ascii: "t"): return ContentUnit(scalar: "\t", length: 2)
    default: return codeUnitEscape(at: index)
    }
  }

  /// Reads `\uXXXX`, or two of them when they are the halves of a surrogate pair.
  private func codeUnitEscape(at index: Int) -> ContentUnit {
    guard let first = escapedCodeUnit(at: index) else { return ContentUnit(scalar: nil, length: 1) }
    guard first & 0xFC00 == 0xD800, let second = escapedCodeUnit(at: index + 6), second & 0xFC00 == 0xDC00
    else {
      return ContentUnit(scalar: Unicode.Scalar(first), length: 6)
    }
    let value = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
    return ContentUnit(scalar: Unicode.Scalar(value), length: 12)
  }

  private func escapedCodeUnit(at index: Int) -> UInt32? {
    guard index + 6 <= count, self[index] == ASCII.backslash, self[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var value: UInt32 = 0
    for digit in index + 2..<index + 6 {
      guard let nibble = self[digit].hexDigitValue else { return nil }
      value = value << 4 | nibble
    }
    return value
  }
}
