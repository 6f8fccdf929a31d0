/// Walks a text once and proves that it is one JSON value; notes where the root's members are on the way.
struct Validator {
  /// The root's members, should it be an object with not too many of them.
  private(set) var rootMembers = RootMembers()
  private let depthLimit: Int
  private var nesting = Nesting()
  private var index = 0

  init(depthLimit: Int) { self.depthLimit = depthLimit }

  /// Validates all of `text` and returns the range of its one value.
  mutating func validate(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Range<Int> {
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
      throw JSONSyntaxError(.byteOrderMark, at: 0)
    }
    let start = text.skippingWhiteSpace(from: 0)
    guard start < text.count else { throw JSONSyntaxError(.empty, at: start) }
    index = start
    while true {
      let opened = try beginValue(text)
      if opened { continue }
      guard try endValue(text) else { break }
    }
    let end = index
    index = text.skippingWhiteSpace(from: end)
    guard index == text.count else { throw JSONSyntaxError(.trailingBytes, at: index) }
    return start..<end
  }

  /// Reads a scalar, an empty container, or the start of another container up to its first value.
  ///
  /// Returns whether that first value comes next.
  private mutating func beginValue(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
    guard index < text.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
    let byte = text[index]
    switch byte {
    case ASCII.quote:
      index = try text.validatedString(from: index)
    case ASCII.leftBrace, ASCII.leftBracket:
      return try beginContainer(text, object: byte == ASCII.leftBrace)
    case ASCII.minus, UInt8(ascii: "0")...UInt8(ascii: "9"):
      index = try text.validatedNumber(from: index)
    case UInt8(ascii: "t"):
      index = try text.validatedLiteral("true", from: index)
    case UInt8(ascii: "f"):
      index = try text.validatedLiteral("false", from: index)
    case UInt8(ascii: "n"):
      index = try text.validatedLiteral("null", from: index)
    default:
      throw JSONSyntaxError(.unexpectedByte, at: index)
    }
    return false
  }

  private mutating func beginContainer(
    _ text: Span<UInt8>, object: Bool
  ) throws(JSONSyntaxError) -> Bool {
    guard nesting.depth < depthLimit else { throw JSONSyntaxError(.tooDeep(limit: depthLimit), at: index) }
    index = text.skippingWhiteSpace(from: index + 1)
    guard index < text.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
    if text[index] == (object ? ASCII.rightBrace : ASCII.rightBracket) {
      index += 1
      return false
    }
    nesting.open(object: object)
    if object { try memberName(text) }
    return true
  }

  /// Reads what follows a value, closing containers, up to the next value or the end of the root.
  ///
  /// Returns whether another value comes next.
  private mutating func endValue(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
    while nesting.depth > 0 {
      let inObject = nesting.isInObject
      if nesting.depth == 1, inObject { rootMembers.valueEnded(at: index) }
      index = text.skippingWhiteSpace(from: index)
      guard index < text.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
      let byte = text[index]
      if byte == ASCII.comma {
        index = text.skippingWhiteSpace(from: index + 1)
        if inObject { try memberName(text) }
        return true
      }
      guard byte == (inObject ? ASCII.rightBrace : ASCII.rightBracket) else {
        throw JSONSyntaxError(.unexpectedByte, at: index)
      }
      nesting.close()
      index += 1
    }
    return false
  }

  /// Reads a member's name and colon, up to its value.
  private mutating func memberName(_ text: Span<UInt8>) throws(JSONSyntaxError) {
    let start = index
    guard start < text.count else { throw JSONSyntaxError(.unexpectedEnd, at: start) }
    guard text[start] == ASCII.quote else { throw JSONSyntaxError(.unexpectedByte, at: start) }
    let end = try text.validatedString(from: start)
    index = text.skippingWhiteSpace(from: end)
    guard index < text.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
    guard text[index] == ASCII.colon else { throw JSONSyntaxError(.unexpectedByte, at: index) }
    index = text.skippingWhiteSpace(from: index + 1)
    if nesting.depth == 1 { rootMembers.memberBegan(name: start..<end, valueStart: index) }
  }
}
