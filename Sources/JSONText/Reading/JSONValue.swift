/// A place in a validated document: shares the document's storage, costs nothing to copy.
///
/// Every property reads the text anew, so keep what is used twice.
public struct JSONValue: Sendable {
  /// The six sorts of JSON value, with true and false as one.
  public enum Kind: Sendable {
    /// Members in braces.
    case object
    /// Elements in brackets.
    case array
    /// Text in quotes.
    case string
    /// A number in any spelling.
    case number
    /// `true` or `false`.
    case bool
    /// `null`.
    case null
  }

  let storage: JSONStorage
  /// What sort of value this is.
  public let kind: Kind
  /// Where the value's text is in the document's bytes.
  public let range: Range<Int>

  /// A value of a validated text; its first byte tells its kind.
  init(storage: JSONStorage, range: Range<Int>) {
    self.storage = storage
    self.range = range
    kind =
      switch storage.bytes[range.lowerBound] {
      case ASCII.leftBrace: .object
      case ASCII.leftBracket: .array
      case ASCII.quote: .string
      case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
      case UInt8(ascii: "n"): .null
      default: .number
      }
  }

  /// The value's text exactly as written.
  public var text: ArraySlice<UInt8> { storage.bytes[range] }

  /// The raw text between a string's quotes, escapes as written; nil when not a string.
  public var stringContent: ArraySlice<UInt8>? {
    kind == .string ? storage.bytes[range.lowerBound + 1..<range.upperBound - 1] : nil
  }

  /// The decoded string; nil when not a string, or when it holds a lone surrogate escape.
  public var string: String? {
    guard let content = stringContent else { return nil }
    let decoded = DecodedString(content: content)
    return decoded.hasLoneSurrogate ? nil : decoded.text
  }

  /// The number, if it is written as an integer (no fraction, no exponent) that fits.
  public var integer: Int? {
    guard kind == .number else { return nil }
    let negative = text.first == ASCII.minus
    var value = 0
    for byte in negative ? text.dropFirst() : text {
      guard byte.isASCIIDigit else { return nil }
      let digit = Int(byte - ASCII.zero)
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      // Counted away from zero on the number's own side, since Int.min has no positive twin.
      let (next, carry) =
        negative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = next
    }
    return value
  }

  /// The double nearest to the number; nil when not a number, or when beyond the finite doubles.
  public var number: Double? {
    guard kind == .number, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }

  /// The truth value; nil when not `true` or `false`.
  public var bool: Bool? { kind == .bool ? text.first == UInt8(ascii: "t") : nil }

  /// Whether this is `null`.
  public var isNull: Bool { kind == .null }
}
