import JSONText

extension JSONWriter {
  /// Writes a member of a document as it stands, its name and the white space inside it included.
  mutating func copy(_ member: JSONObject.Member, of document: JSONDocument) {
    raw(document.bytes[member.nameRange.lowerBound..<member.value.range.upperBound])
  }
}

/// Writes a list anew from the first element on that has to change.
///
/// What stands before it is taken over as one piece of text, and a list in which nothing changes is not
/// written at all.
struct ListRewriter {
  private let document: JSONDocument
  private let byteCount: Int
  private var untouched: Range<Int>?
  private var output: JSONWriter?
  /// How many elements the list has now.
  private(set) var count = 0

  /// - Parameter byteCount: About how long the new list will be.
  init(_ document: JSONDocument, byteCount: Int = 0) {
    self.document = document
    self.byteCount = byteCount
  }

  /// Takes over the next element of the list as it stands.
  mutating func keep(_ value: JSONValue) {
    count += 1
    if output != nil {
      output?.raw(value.text)
    } else {
      untouched = (untouched?.lowerBound ?? value.range.lowerBound)..<value.range.upperBound
    }
  }

  /// Leaves the next element out.
  mutating func drop() { begin() }

  /// Writes an element in place of one of the list, or of several.
  mutating func write(_ write: (inout JSONWriter) -> Void) {
    begin()
    count += 1
    if var writer = output.take() {
      write(&writer)
      output = writer
    }
  }

  /// The text of the new list; nil where it would be the old one.
  func finished() -> [UInt8]? {
    guard var output else { return nil }
    output.endArray()
    return output.bytes
  }

  private mutating func begin() {
    guard output == nil else { return }
    var writer = JSONWriter(reservingCapacity: byteCount + 256)
    writer.beginArray()
    if let untouched { writer.raw(document.bytes[untouched]) }
    output = writer
  }
}
