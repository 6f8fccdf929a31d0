extension Span<UInt8> {
  /// The length of the well-formed multi-byte sequence at `index`, or 0 (table 3-7 of the Unicode Standard).
  ///
  /// The second byte's bounds are what keeps out overlong forms, surrogates and code points above U+10FFFF.
  func multiByteLength(at index: Int) -> Int {
    let length: Int
    let secondByte: ClosedRange<UInt8>
    switch self[index] {
    case 0xC2...0xDF: (length, secondByte) = (2, 0x80...0xBF)
    case 0xE0: (length, secondByte) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, secondByte) = (3, 0x80...0xBF)
    case 0xED: (length, secondByte) = (3, 0x80...0x9F)
    case 0xF0: (length, secondByte) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, secondByte) = (4, 0x80...0xBF)
    case 0xF4: (length, secondByte) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= count, secondByte.contains(self[index + 1]) else { return 0 }
    for further in index + 2..<index + length where self[further] & 0xC0 != 0x80 { return 0 }
    return length
  }

  /// The scalar that a well-formed sequence of `length` bytes at `index` stands for.
  func multiByteScalar(at index: Int, length: Int) -> Unicode.Scalar? {
    // A lead byte of a sequence of n bytes carries 7 - n bits, a continuation byte six.
    var value = UInt32(self[index]) & (0x7F >> UInt32(length))
    for further in index + 1..<index + length { value = value << 6 | UInt32(self[further] & 0x3F) }
    return Unicode.Scalar(value)
  }
}
