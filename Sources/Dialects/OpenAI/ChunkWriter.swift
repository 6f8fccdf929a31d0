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
    events.data(head.text + writer.bytes + "]}".utf8)
  }

  /// The event that tells the usage and has no choice.
  mutating func usage(_ usage: JSONValue) {
    var text = head.text + #"],"usage":"#.utf8
    usage.appendSingleLine(to: &text)
    events.data(text + "}".utf8)
  }

  /// The event after which nothing comes.
  mutating func done() { events.data("[DONE]".utf8) }
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

extension ToolCall {
  /// The first fragment: identifier and name once, and arguments that are a string from the start.
  func writeStart(to writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("type", "function")
    writer.name("function")
    writer.beginObject()
    writer.member("name", name)
    writer.member("arguments", "")
    writer.endObject()
  }

  func writeArguments(_ piece: ArraySlice<UInt8>, to writer: inout JSONWriter) {
    writer.name("function")
    writer.beginObject()
    writer.member("arguments", content: piece)
    writer.endObject()
  }
}
