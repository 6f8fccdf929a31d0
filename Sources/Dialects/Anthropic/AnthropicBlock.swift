import JSONText

/// A block of an answer's content.
enum AnthropicBlock {
  /// What the model thought, as the raw content of a JSON string.
  case thinking(ArraySlice<UInt8>)
  /// What it says, as the raw content of a JSON string, never empty.
  case text(ArraySlice<UInt8>)
  case toolUse(ToolCall)

  /// Stands where a thinking block's signature is expected; nothing is signed here.
  ///
  /// Clients take a block without one for a broken one and do not send it back.
  static let signature = "unsigned"

  /// The whole block.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .thinking(let content):
      writer.member("type", "thinking")
      writer.member("thinking", content: content)
      writer.member("signature", Self.signature)
    case .text(let content):
      writer.member("type", "text")
      writer.member("text", content: content)
    case .toolUse(let call):
      writer.member("type", "tool_use")
      writer.member("id", call.id)
      writer.member("name", call.name)
      writer.name("input")
      writer.raw(call.argumentsObject)
    }
    writer.endObject()
  }

  /// The block as a stream begins it, with nothing in it.
  func writeStart(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .thinking:
      writer.member("type", "thinking")
      writer.member("thinking", "")
      writer.member("signature", "")
    case .text:
      writer.member("type", "text")
      writer.member("text", "")
    case .toolUse(let call):
      writer.member("type", "tool_use")
      writer.member("id", call.id)
      writer.member("name", call.name)
      writer.name("input")
      writer.beginObject()
      writer.endObject()
    }
    writer.endObject()
  }

  /// What a stream says piece by piece: the type of the deltas, their member, and the raw content of a JSON string.
  var delta: (type: String, member: String, content: ArraySlice<UInt8>) {
    switch self {
    case .thinking(let content): return ("thinking_delta", "thinking", content)
    case .text(let content): return ("text_delta", "text", content)
    case .toolUse(let call):
      var writer = JSONWriter()
      writer.string(String(decoding: call.argumentsObject, as: UTF8.self))
      return ("input_json_delta", "partial_json", writer.bytes.dropFirst().dropLast())
    }
  }
}
