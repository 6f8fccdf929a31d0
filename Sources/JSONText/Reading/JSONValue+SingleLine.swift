extension JSONValue {
  /// Appends the value on one line.
  ///
  /// Insignificant white space goes; raw U+0085, U+2028 and U+2029 inside strings become `\u` escapes, as some
  /// clients split lines at these; every other byte stays as written (number spelling, escapes, member order).
  public func appendSingleLine(to bytes: inout [UInt8]) {
    let whole = storage.bytes
    let text = whole.span.extracting(range)
    var copied = 0
    var index = 0
    while index < text.count {
      if text[index] == ASCII.quote {
        index = text.endOfValidString(from: index)
      } else if text[index].isJSONWhiteSpace {
        bytes.appendEscapingSeparators(text.extracting(copied..<index))
        index = text.skippingWhiteSpace(from: index)
        copied = index
      } else {
        index &+= 1
      }
    }
    bytes.appendEscapingSeparators(text.extracting(copied..<index))
  }
}
