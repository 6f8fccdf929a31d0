import JSONText

/// What an answer says of its tokens, with the three numbers that strict decoders need.
struct AnswerUsage {
  private let usage: JSONObject
  private let counts: TokenUsage
  private static let names = ["prompt_tokens", "completion_tokens", "total_tokens"]

  /// The usage of an answer; nil where the router counted nothing.
  ///
  /// Zeros would be a claim, and clients that find no usage count themselves.
  init?(_ answer: ChatAnswer) {
    guard let usage = try? answer.object["usage"]?.object(),
      Self.names.contains(where: { usage[$0]?.integer != nil })
    else { return nil }
    self.usage = usage
    counts = TokenUsage(answer)
  }

  /// Whether all three numbers are there.
  var isComplete: Bool { Self.names.allSatisfy { usage[$0]?.integer != nil } }

  /// The object on one line.
  var text: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (name, count) in zip(Self.names, [counts.prompt, counts.completion, counts.total]) {
      if let value = usage[name], value.integer != nil {
        writer.member(name, value)
      } else {
        writer.member(name, count)
      }
    }
    for member in usage.members where !Self.names.contains(member.name) {
      writer.member(member.name, member.value)
    }
    writer.endObject()
    return writer.bytes
  }
}
