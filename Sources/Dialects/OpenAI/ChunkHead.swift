import JSONText

/// What all chunks of one stream share, and the framing of one event.
struct ChunkHead {
  private var id: String
  private var created: Int
  private let model: String
  private var systemFingerprint: JSONValue?

  init(model: String, created: Int) {
    id = "chatcmpl-" + randomIdentifier()
    self.created = created
    self.model = model
  }

  /// Takes over what the answer says of itself; only before the first chunk is written.
  mutating func adopt(_ answer: JSONObject) {
    if let id = answer["id"]?.string, !id.isEmpty { self.id = id }
    if let created = answer["created"]?.integer { self.created = created }
    if let fingerprint = answer["system_fingerprint"], fingerprint.kind == .string {
      systemFingerprint = fingerprint
    }
  }

  /// One event: `data: `, a chunk on one line, an empty line.
  func event(_ body: (inout Chunk) -> Void) -> [UInt8] {
    var chunk = Chunk()
    chunk.writer.beginObject()
    chunk.writer.member("id", id)
    chunk.writer.member("object", "chat.completion.chunk")
    chunk.writer.member("created", created)
    chunk.writer.member("model", model)
    if let systemFingerprint { chunk.writer.member("system_fingerprint", copying: systemFingerprint) }
    body(&chunk)
    chunk.writer.endObject()
    return Array("data: ".utf8) + chunk.writer.bytes + Array("\n\n".utf8)
  }
}

/// A chunk that is being written.
struct Chunk {
  var writer = JSONWriter()

  mutating func choice(
    _ index: Int, finish: String? = nil, logprobs: JSONValue? = nil, delta: (inout JSONWriter) -> Void
  ) {
    writer.name("choices")
    writer.beginArray()
    writer.beginObject()
    writer.member("index", index)
    writer.name("delta")
    writer.beginObject()
    delta(&writer)
    writer.endObject()
    writer.name("logprobs")
    if let logprobs { writer.copy(logprobs) } else { writer.null() }
    writer.name("finish_reason")
    // Present in every chunk: a missing key broke clients of other servers.
    if let finish { writer.string(finish) } else { writer.null() }
    writer.endObject()
    writer.endArray()
  }

  mutating func usage(_ usage: JSONValue) {
    writer.name("choices")
    writer.beginArray()
    writer.endArray()
    writer.member("usage", copying: usage)
  }
}

extension JSONWriter {
  mutating func copy(_ value: JSONValue) {
    var text: [UInt8] = []
    value.appendSingleLine(to: &text)
    raw(text)
  }

  mutating func member(_ name: String, copying value: JSONValue) {
    self.name(name)
    copy(value)
  }

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
