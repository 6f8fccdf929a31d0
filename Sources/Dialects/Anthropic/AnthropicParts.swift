import JSONText

/// The content of one chat message while it is put together: a string where it is one text, else a list of parts.
struct AnthropicParts {
  private var list = JSONWriter()
  /// The only text so far; not yet in the list, because most messages are one text.
  private var single: ArraySlice<UInt8>?
  private var count = 0

  init() { list.beginArray() }

  var isEmpty: Bool { count == 0 }

  /// Adds a text, given as the raw content of a JSON string.
  ///
  /// An empty one says nothing and is left out.
  mutating func text(_ content: ArraySlice<UInt8>) {
    guard !content.isEmpty else { return }
    if count == 0 {
      single = content
    } else {
      writeSingle()
      list.textPart(content)
    }
    count += 1
  }

  /// Adds a text of our own, with its escapes as JSON has them.
  mutating func text(_ content: String) { text(Array(content.utf8)[...]) }

  /// Adds an image, given as the raw content of a JSON string that is its address.
  mutating func image(_ address: some Collection<UInt8>) {
    writeSingle()
    count += 1
    list.imagePart(address)
  }

  /// Writes the content as a member's value.
  func write(to writer: inout JSONWriter) {
    if let single { return writer.stringContent(single) }
    guard count > 0 else { return writer.string("") }
    var list = list
    list.endArray()
    writer.raw(list.bytes)
  }

  private mutating func writeSingle() {
    guard let content = single else { return }
    single = nil
    list.textPart(content)
  }
}
