/// A set of bytes that a search stops at, tested on eight bytes of text at once.
protocol StopSet {
  /// Sets the top bit of each lane whose byte is in the set.
  ///
  /// Lanes above the lowest set one may be wrong (a borrow runs upwards), so only the lowest counts.
  static func marks(_ lanes: ByteLanes) -> UInt64
}

/// Eight bytes of a text, the first in the lowest lane.
struct ByteLanes {
  private let bits: UInt64
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  init(_ text: Span<UInt8>, at index: Int) {
    // UInt64 has no invalid bit patterns, and the load is bounds-checked and may be unaligned.
    bits = UInt64(littleEndian: text.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// One byte alone: the other lanes are zero and their marks mean nothing.
  @inline(__always)
  init(_ byte: UInt8) { bits = UInt64(byte) }

  @inline(__always)
  func equal(to byte: UInt8) -> UInt64 {
    let difference = bits ^ (Self.ones &* UInt64(byte))
    return (difference &- Self.ones) & ~difference & Self.tops
  }

  /// Marks bytes below `bound`, which is at most 0x80.
  @inline(__always)
  func below(_ bound: UInt8) -> UInt64 { (bits &- Self.ones &* UInt64(bound)) & ~bits & Self.tops }

  @inline(__always)
  var nonASCII: UInt64 { bits & Self.tops }
}

/// What a validator must look at in a string: its end, escapes, controls and multi-byte characters.
enum StringStops: StopSet {
  @inline(__always)
  static func marks(_ lanes: ByteLanes) -> UInt64 {
    lanes.equal(to: ASCII.quote) | lanes.equal(to: ASCII.backslash) | lanes.below(0x20) | lanes.nonASCII
  }
}

/// The end of a string known to be valid, and its escapes.
enum QuoteStops: StopSet {
  @inline(__always)
  static func marks(_ lanes: ByteLanes) -> UInt64 {
    lanes.equal(to: ASCII.quote) | lanes.equal(to: ASCII.backslash)
  }
}

extension QuoteStops {
  /// Whether a text has no quote but in an escape, and no escape that is not ended: what JSON has between quotes.
  static func areEscaped(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = text.span
    var index = text.firstIndex(of: Self.self, from: 0)
    while index < text.count {
      guard text[index] == ASCII.backslash, index + 1 < text.count else { return false }
      index = text.firstIndex(of: Self.self, from: index + 2)
    }
    return true
  }
}

/// The first bytes of U+0085, U+2028 and U+2029.
enum SeparatorStops: StopSet {
  @inline(__always)
  static func marks(_ lanes: ByteLanes) -> UInt64 {
    lanes.equal(to: LineSeparator.leads.0) | lanes.equal(to: LineSeparator.leads.1)
  }
}

/// Everything that a writer of strings may have to escape.
enum EscapeStops: StopSet {
  @inline(__always)
  static func marks(_ lanes: ByteLanes) -> UInt64 {
    QuoteStops.marks(lanes) | SeparatorStops.marks(lanes) | lanes.below(0x20)
  }
}

extension Span<UInt8> {
  /// The index of the first byte of the set at or after `start`, or the count.
  @inline(__always)
  func firstIndex<Stops: StopSet>(of stops: Stops.Type, from start: Int) -> Int {
    var index = start
    while index &+ 8 <= count {
      let marks = Stops.marks(ByteLanes(self, at: index))
      if marks != 0 { return index &+ marks.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < count, Stops.marks(ByteLanes(self[index])) & 0x80 == 0 { index &+= 1 }
    return index
  }

  /// The index of the first byte at or after `start` that is no white space, or the count.
  @inline(__always)
  func skippingWhiteSpace(from start: Int) -> Int {
    var index = start
    while index < count, self[index].isJSONWhiteSpace { index &+= 1 }
    return index
  }
}
