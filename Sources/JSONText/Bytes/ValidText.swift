// Steps over parts of a text that has been validated: what is there is known to be well-formed.
extension Span<UInt8> {
  /// The index after the value that starts at `start`.
  func endOfValidValue(from start: Int) -> Int {
    switch self[start] {
    case ASCII.quote: endOfValidString(from: start)
    case ASCII.leftBrace, ASCII.leftBracket: endOfValidContainer(from: start)
    case UInt8(ascii: "f"): start + 5
    case UInt8(ascii: "t"), UInt8(ascii: "n"): start + 4
    default: endOfValidNumber(from: start)
    }
  }

  /// The index after the string whose opening quote is at `start`.
  func endOfValidString(from start: Int) -> Int {
    var index = firstIndex(of: QuoteStops.self, from: start + 1)
    while self[index] == ASCII.backslash { index = firstIndex(of: QuoteStops.self, from: index + 2) }
    return index + 1
  }

  private func endOfValidContainer(from start: Int) -> Int {
    var depth = 1
    var index = start + 1
    while depth > 0 {
      switch self[index] {
      case ASCII.quote:
        index = endOfValidString(from: index)
        continue
      case ASCII.leftBrace, ASCII.leftBracket: depth &+= 1
      case ASCII.rightBrace, ASCII.rightBracket: depth &-= 1
      default: break
      }
      index &+= 1
    }
    return index
  }

  private func endOfValidNumber(from start: Int) -> Int {
    var index = start
    while index < count {
      switch self[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), ASCII.minus, UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        index &+= 1
      default:
        return index
      }
    }
    return index
  }

  /// The index of the child after the one that ended at `end`, or of the closing bracket or brace.
  func startOfNextChild(after end: Int) -> Int {
    let index = skippingWhiteSpace(from: end)
    return self[index] == ASCII.comma ? skippingWhiteSpace(from: index + 1) : index
  }
}
