import JSONText

/// What a completion, and every chunk of a streamed one, says of itself.
struct CompletionHead {
  private let id: String
  private let created: Int
  private let model: String
  private let fingerprint: String?

  /// What is longer is not repeated in every chunk.
  private static let byteLimit = 128

  /// A head for a stream that begins before its answer is known.
  init(model: String, created: Int) {
    self.model = model
    self.created = created
    id = "cmpl-" + randomIdentifier()
    fingerprint = nil
  }

  /// A head that takes over what the answer says of itself.
  ///
  /// The answer's identifier names a chat completion, so it is not taken.
  init(model: String, created: Int, adopting answer: JSONObject) {
    self.model = model
    self.created = answer["created"]?.moment ?? created
    id = "cmpl-" + randomIdentifier()
    fingerprint = answer["system_fingerprint"]?.string.flatMap {
      $0.utf8.count <= Self.byteLimit ? $0 : nil
    }
  }

  /// Writes the members into an object that is open.
  func write(to writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("object", "text_completion")
    writer.member("created", created)
    writer.member("model", model)
    if let fingerprint { writer.member("system_fingerprint", fingerprint) }
  }

  /// The text of a chunk up to the bracket that opens `choices`, written once for all chunks.
  var chunkText: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    write(to: &writer)
    writer.name("choices")
    writer.beginArray()
    return writer.bytes
  }
}
