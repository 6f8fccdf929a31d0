import JSONText

/// What all chunks of one stream share: everything up to the bracket that opens `choices`.
///
/// Written out once, because an answer of some length has hundreds of chunks.
struct ChunkHead {
  /// The text `{"id":…,"object":…,"created":…,"model":…,"choices":[`.
  let text: [UInt8]

  /// What is longer is not repeated in every chunk.
  private static let byteLimit = 128

  /// A head for a stream that begins before its answer is known.
  init(model: String, created: Int) {
    self.init(model: model, created: created, id: "chatcmpl-" + randomIdentifier(), fingerprint: nil)
  }

  /// A head that takes over what the answer says of itself.
  init(model: String, created: Int, adopting answer: JSONObject) {
    let id = answer["id"]?.string.flatMap { (1...Self.byteLimit).contains($0.utf8.count) ? $0 : nil }
    let fingerprint = answer["system_fingerprint"]?.string.flatMap {
      $0.utf8.count <= Self.byteLimit ? $0 : nil
    }
    self.init(
      model: model, created: answer["created"]?.moment ?? created,
      id: id ?? "chatcmpl-" + randomIdentifier(),
      fingerprint: fingerprint)
  }

  private init(model: String, created: Int, id: String, fingerprint: String?) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", id)
    writer.member("object", "chat.completion.chunk")
    writer.member("created", created)
    writer.member("model", model)
    if let fingerprint { writer.member("system_fingerprint", fingerprint) }
    writer.name("choices")
    writer.beginArray()
    text = writer.bytes
  }
}
