import JSONText

/// Collects the events of one stream until they make a piece that is worth a write to the socket.
struct ChunkWriter {
  /// Enough to make system calls rare, little enough to show the beginning of an answer at once.
  static let pieceByteCount = 16 * 1024

  let head: ChunkHead
  private(set) var bytes: [UInt8] = []

  init(head: ChunkHead) { self.head = head }

  /// Whether the events so far make a piece.
  var isFull: Bool { bytes.count >= Self.pieceByteCount }

  /// Hands over the events so far.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// An event with one choice.
  mutating func choice(
    _ index: Int, finish: String? = nil, logprobs: JSONValue? = nil, delta: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("index", index)
    writer.name("delta")
    writer.beginObject()
    delta(&writer)
    writer.endObject()
    writer.name("logprobs")
    if let logprobs { writer.value(logprobs) } else { writer.null() }
    writer.name("finish_reason")
    // Present in every chunk: a missing key broke clients of other servers.
    if let finish { writer.string(finish) } else { writer.null() }
    writer.endObject()
    bytes += head.text
    bytes += writer.bytes
    bytes += "]}\n\n".utf8
  }

  /// The event that tells the usage and has no choice.
  mutating func usage(_ usage: JSONValue) {
    bytes += head.text
    bytes += #"],"usage":"#.utf8
    usage.appendSingleLine(to: &bytes)
    bytes += "}\n\n".utf8
  }

  /// The event after which nothing comes.
  mutating func done() { bytes += "data: [DONE]\n\n".utf8 }
}

extension JSONWriter {
  mutating func member(_ name: String, content: ArraySlice<UInt8>) {
    self.name(name)
    stringContent(content)
  }

  mutating func toolCall(_ position: Int, _ members: (inout JSONWriter) -> Void) {
    name("tool_calls")
    beginArray()
    beginObject()
    member("index", position)
    members(&self)
    endObject()
    endArray()
  }
}
