/// Writes new JSON text into one byte array; the writer places commas, quotes and escapes.
///
/// Strings are escaped as RFC 8259 section 7 asks, plus U+0085, U+2028 and U+2029, so that no text holds a
/// character that anything takes for the end of a line. That each `begin` has its `end` and each member its one
/// name is the caller's part.
public struct JSONWriter: Sendable {
  /// The text so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether what comes next is not the first in its container.
  private var needsComma = false

  /// An empty text.
  ///
  /// - Parameter capacity: the bytes to make room for; more are found as needed.
  public init(reservingCapacity capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  /// Opens an object.
  public mutating func beginObject() { begin(ASCII.leftBrace) }

  /// Closes the innermost object.
  public mutating func endObject() { end(ASCII.rightBrace) }

  /// Opens an array.
  public mutating func beginArray() { begin(ASCII.leftBracket) }

  /// Closes the innermost array.
  public mutating func endArray() { end(ASCII.rightBracket) }

  /// Writes the name of a member; its value comes next.
  public mutating func name(_ name: String) {
    string(name)
    bytes.append(ASCII.colon)
    needsComma = false
  }

  /// Writes a string.
  public mutating func string(_ value: String) {
    separate()
    bytes.appendJSONString(value)
  }

  /// Writes an integer.
  public mutating func integer(_ value: Int) {
    separate()
    bytes.append(contentsOf: value.description.utf8)
  }

  /// Writes a number in the shortest form that reads back the same; what JSON cannot say (NaN, infinities)
  /// becomes `null`.
  public mutating func number(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    bytes.append(contentsOf: value.description.utf8)
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(ascii: value ? "true" : "false")
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    bytes.append(ascii: "null")
  }

  /// Writes a value that is JSON text already, byte for byte.
  public mutating func raw(_ text: some Collection<UInt8>) {
    separate()
    text.withBytes { bytes.append(contentsOf: $0) }
  }

  /// Writes a value of a document on one line, as `JSONValue.appendSingleLine(to:)` does.
  public mutating func value(_ value: JSONValue) {
    separate()
    value.appendSingleLine(to: &bytes)
  }

  /// Writes a string whose content is escaped already, as `JSONValue.stringContent` and `JSONStringPieces`
  /// give it; only raw U+0085, U+2028 and U+2029 are changed, to escapes.
  public mutating func stringContent(_ content: some Collection<UInt8>) {
    separate()
    bytes.append(ASCII.quote)
    append(content)
    bytes.append(ASCII.quote)
  }

  /// Writes a string whose content comes in several pieces, each as `stringContent(_:)` takes it.
  public mutating func stringContent(joining pieces: [ArraySlice<UInt8>]) {
    separate()
    bytes.append(ASCII.quote)
    for piece in pieces { append(piece) }
    bytes.append(ASCII.quote)
  }

  private mutating func append(_ content: some Collection<UInt8>) {
    content.withBytes {
      // Decoded text in this place could end the string and go on with members of its own.
      assert(QuoteStops.areEscaped(in: $0), "what is written as the content of a JSON string is not escaped")
      bytes.appendEscapingSeparators($0.span)
    }
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  /// Puts the comma that is due before a name or a value.
  private mutating func separate() {
    if needsComma { bytes.append(ASCII.comma) }
    needsComma = true
  }
}
