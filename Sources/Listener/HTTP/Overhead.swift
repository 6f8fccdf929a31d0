/// Bytes that the decoder passes over in silence: empty lines before a request, blanks before a value,
/// extensions and leading zeros of chunk sizes.
///
/// None of its limits holds them, and some of them it keeps in memory.
///
/// They are what is left when the bodies are taken from all that came in, counted from read to read: what arrives in
/// one read with the beginning or the end of a body is given away.
struct Overhead {
  /// A caller that sends one byte a chunk spends five on framing it (RFC 9112 section 7.1).
  private static let perBodyByte = 8

  private var wireAtBoundary = 0
  private var bodyAtBoundary = 0
  /// Whether the decoder is between the head and the end of a message.
  private(set) var isInBody = false

  /// A head or the end of a body has been read.
  mutating func boundary(isHead: Bool) {
    isInBody = isHead
  }

  /// The read in which a boundary came is over; all bytes so far are given.
  mutating func settle(wire: Int, body: Int) {
    (wireAtBoundary, bodyAtBoundary) = (wire, body)
  }

  /// Whether more than `limit` bytes since the last boundary were none of a body, which earns some.
  func exceeds(_ limit: Int, wire: Int, body: Int) -> Bool {
    let useful = body - bodyAtBoundary
    return wire - wireAtBoundary - useful > limit + Self.perBodyByte * useful
  }
}
