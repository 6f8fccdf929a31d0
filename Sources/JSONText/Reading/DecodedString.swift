/// The text of a JSON string, with its escapes resolved.
struct DecodedString {
  /// The text, with U+FFFD for each lone surrogate escape.
  let text: String
  /// Whether the text could not be decoded faithfully.
  let hasLoneSurrogate: Bool

  /// Decodes what stands between the quotes of a validated string.
  init(content: ArraySlice<UInt8>) {
    let span = content.span
    var stop = span.firstIndex(of: QuoteStops.self, from: 0)
    guard stop < span.count else {
      text = String(decoding: content, as: UTF8.self)
      hasLoneSurrogate = false
      return
    }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(content.count)
    var lone = false
    var copied = 0
    while stop < span.count {
      decoded.append(span, copied..<stop)
      let unit = span.contentUnit(at: stop)
      lone = lone || unit.scalar == nil
      decoded.append(contentsOf: UTF8.encode(unit.scalar ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
      copied = stop + unit.length
      stop = span.firstIndex(of: QuoteStops.self, from: copied)
    }
    decoded.append(span, copied..<stop)
    text = String(decoding: decoded, as: UTF8.self)
    hasLoneSurrogate = lone
  }
}
