extension [UInt8] {
  /// Appends `text` as a JSON string with its quotes.
  mutating func appendJSONString(_ text: String) {
    append(ASCII.quote)
    appendEscaped(text.utf8.span)
    append(ASCII.quote)
  }

  /// Appends text as the content of a JSON string, in runs that need no escape.
  private mutating func appendEscaped(_ text: Span<UInt8>) {
    var copied = 0
    var index = text.firstIndex(of: EscapeStops.self, from: 0)
    while index < text.count {
      let separator = LineSeparator.escape(in: text, at: index)
      if separator == nil, text[index] >= 0x80 {
        index = text.firstIndex(of: EscapeStops.self, from: index + 1)
        continue
      }
      append(text, copied..<index)
      if let separator {
        append(ascii: separator.escape)
      } else {
        appendEscape(of: text[index])
      }
      copied = index + (separator?.length ?? 1)
      index = text.firstIndex(of: EscapeStops.self, from: copied)
    }
    append(text, copied..<text.count)
  }

  /// Appends the shortest escape of an ASCII byte (RFC 8259 section 7).
  private mutating func appendEscape(of byte: UInt8) {
    switch byte {
    case ASCII.quote: append(ascii: "\\\"")
    case ASCII.backslash: append(ascii: "\\\\")
    case 0x08: append(ascii: "\\b")
    case 0x0C: append(ascii: "\\f")
    case ASCII.lineFeed: append(ascii: "\\n")
    case ASCII.carriageReturn: append(ascii: "\\r")
    case ASCII.tab: append(ascii: "\\t")
    default:
      append(ascii: "\\u00")
      append(hexDigit(byte >> 4))
      append(hexDigit(byte & 0xF))
    }
  }

  private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? ASCII.zero + value : UInt8(ascii: "a") + value - 10
  }

  /// Appends valid JSON text, with the line separators escaped that can be in its strings.
  mutating func appendEscapingSeparators(_ text: Span<UInt8>) {
    var copied = 0
    var index = text.firstIndex(of: SeparatorStops.self, from: 0)
    while index < text.count {
      if let separator = LineSeparator.escape(in: text, at: index) {
        append(text, copied..<index)
        append(ascii: separator.escape)
        index += separator.length
        copied = index
      } else {
        index += 1
      }
      index = text.firstIndex(of: SeparatorStops.self, from: index)
    }
    append(text, copied..<text.count)
  }
}
