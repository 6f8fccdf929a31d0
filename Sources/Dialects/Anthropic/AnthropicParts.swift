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
      write(content)
    }
    count += 1
  }

  /// Adds a text of our own, with its escapes as JSON has them.
  mutating func text(_ content: String) { text(Array(content.utf8)[...]) }

  /// Adds an image, given as the raw content of a JSON string that is its address.
  mutating func image(_ address: some Collection<UInt8>) {
    writeSingle()
    count += 1
    list.beginObject()
    list.member("type", "image_url")
    list.name("image_url")
    list.beginObject()
    list.name("url")
    list.stringContent(address)
    list.endObject()
    list.endObject()
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
    write(content)
  }

  private mutating func write(_ content: ArraySlice<UInt8>) {
    list.beginObject()
    list.member("type", "text")
    list.name("text")
    list.stringContent(content)
    list.endObject()
  }
}

/// What the images of a request are, for the estimate of its tokens: their bytes say nothing of it.
struct AnthropicImages {
  /// About what the largest image takes that a model gets to see unscaled (Anthropic's documentation, "Vision").
  private static let tokensPerImage = 1600

  private var count = 0
  private var byteCount = 0

  mutating func add(byteCount: Int) {
    count += 1
    self.byteCount += byteCount
  }

  /// What a request of so many bytes takes, roughly.
  func tokenEstimate(byteCount: Int) -> Int {
    max(1, TokenUsage.estimate(byteCount: max(0, byteCount - self.byteCount)) + count * Self.tokensPerImage)
  }
}
