// Strings, numbers and literals of a text that nobody has looked at yet. Each function returns the index after
// what it read.
extension Span<UInt8> {
  /// Validates the string whose opening quote is at `start` (RFC 8259 section 7).
  func validatedString(from start: Int) throws(JSONSyntaxError) -> Int {
    var index = start + 1
    while true {
      index = firstIndex(of: StringStops.self, from: index)
      guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
      let byte = self[index]
      if byte == ASCII.quote { return index + 1 }
      if byte == ASCII.backslash {
        index = try validatedEscape(from: index)
      } else if byte >= 0x80 {
        index = try validatedMultiByteRun(from: index)
      } else {
        throw JSONSyntaxError(.controlCharacter, at: index)
      }
    }
  }

  /// Validates the escape whose backslash is at `start`.
  ///
  /// Lone surrogates are JSON (RFC 8259 section 8.2).
  private func validatedEscape(from start: Int) throws(JSONSyntaxError) -> Int {
    guard start + 1 < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
    switch self[start + 1] {
    case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      for index in start + 2..<start + 6 {
        guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        guard self[index].hexDigitValue != nil else { throw JSONSyntaxError(.invalidEscape, at: start) }
      }
      return start + 6
    default:
      throw JSONSyntaxError(.invalidEscape, at: start)
    }
  }

  /// Validates the multi-byte characters from `start` up to the next ASCII byte.
  private func validatedMultiByteRun(from start: Int) throws(JSONSyntaxError) -> Int {
    var index = start
    while index < count, self[index] >= 0x80 {
      let length = multiByteLength(at: index)
      guard length > 0 else { throw JSONSyntaxError(.invalidUTF8, at: index) }
      index &+= length
    }
    return index
  }

  /// Validates the number that starts at `start` (RFC 8259 section 6).
  func validatedNumber(from start: Int) throws(JSONSyntaxError) -> Int {
    var index = start
    if self[index] == ASCII.minus { index &+= 1 }
    if index < count, self[index] == ASCII.zero {
      index &+= 1
      if index < count, self[index].isASCIIDigit { throw JSONSyntaxError(.invalidNumber, at: index) }
    } else {
      index = try validatedDigits(from: index)
    }
    if index < count, self[index] == UInt8(ascii: ".") { index = try validatedDigits(from: index &+ 1) }
    if index < count, self[index] | 0x20 == UInt8(ascii: "e") {
      index &+= 1
      if index < count, self[index] == ASCII.minus || self[index] == UInt8(ascii: "+") { index &+= 1 }
      index = try validatedDigits(from: index)
    }
    return index
  }

  /// Validates one digit or more.
  @inline(__always)
  private func validatedDigits(from start: Int) throws(JSONSyntaxError) -> Int {
    var index = start
    while index < count, self[index].isASCIIDigit { index &+= 1 }
    guard index > start else {
      throw JSONSyntaxError(start < count ? .invalidNumber : .unexpectedEnd, at: start)
    }
    return index
  }

  /// Validates `true`, `false` or `null`, whose first byte the caller has seen at `start`.
  func validatedLiteral(_ word: StaticString, from start: Int) throws(JSONSyntaxError) -> Int {
    for offset in 1..<word.utf8CodeUnitCount {
      guard start + offset < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
      guard self[start + offset] == word.utf8Start[offset] else {
        throw JSONSyntaxError(.invalidLiteral, at: start)
      }
    }
    return start + word.utf8CodeUnitCount
  }
}
