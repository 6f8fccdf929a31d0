import JSONText

/// Writes the chunks of one stream of chat completions.
struct ChunkWriter {
  let head: ChunkHead
  private var events = EventWriter()

  init(head: ChunkHead) { self.head = head }

  /// Whether the events so far make a piece.
  var isFull: Bool { events.isFull }

  /// Hands over the events so far.
  mutating func take() -> [UInt8] { events.take() }

  /// The event with which a choice begins.
  ///
  /// With a content, because one without broke a client.
  mutating func role(_ index: Int) {
    choice(index) { delta in
      delta.member("role", "assistant")
      delta.member("content", "")
    }
  }

  /// An event with one choice.
  mutating func choice(
    _ index: Int, finish: String? = nil, logprobs: [UInt8]? = nil, delta: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("index", index)
    writer.name("delta")
    writer.beginObject()
    delta(&writer)
    writer.endObject()
    writer.name("logprobs")
    if let logprobs { writer.raw(logprobs) } else { writer.null() }
    writer.name("finish_reason")
    // Present in every chunk: a missing key broke clients of other servers.
    if let finish { writer.string(finish) } else { writer.null() }
    writer.endObject()
    events.data(head.text + writer.bytes + "]}".utf8)
  }

  /// The event that tells the usage and has no choice.
  mutating func usage(_ usage: AnswerUsage) {
    events.data(head.text + #"],"usage":"#.utf8 + usage.text + "}".utf8)
  }

  /// The event after which nothing comes.
  mutating func done() { events.data("[DONE]".utf8) }
}

extension JSONWriter {
  mutating func member(_ name: String, content: ArraySlice<UInt8>) {
    self.name(name)
    stringContent(content)
  }
}
