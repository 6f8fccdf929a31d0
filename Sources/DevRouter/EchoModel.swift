import JSONText

/// A model that answers with what it was asked, so that both ends of a test know the answer.
///
/// `echo` answers with the text of the last message. `echo-thinking` puts a line of reasoning before it. With tools in the
/// request, a message `call NAME {ARGUMENTS}` is answered by that tool call, several such lines by several calls.
struct EchoModel: Sendable {
  /// The names it goes by.
  static let names = ["echo", "echo-thinking"]

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - now: Seconds since 1970.
  ///   - metadata: The members of `_metadata`.
  func answer(_ request: JSONObject, at now: Int, metadata: [(String, String)]) -> [UInt8] {
    let prompt = Self.lastText(of: request)
    let calls = request["tools"]?.elements?.isEmpty == false ? Self.calls(in: prompt) : []
    let model = request["model"]?.string ?? "echo"
    var writer = JSONWriter(reservingCapacity: prompt.utf8.count + 1024)
    writer.beginObject()
    writer.member("id", "chatcmpl-dev-\(UInt64.random(in: .min ... .max))")
    writer.member("object", "chat.completion")
    writer.member("created", now)
    writer.member("model", model)
    writer.name("choices")
    writer.beginArray()
    for index in 0..<max(1, min(request["n"]?.integer ?? 1, 128)) {
      writer.beginObject()
      writer.member("index", index)
      writer.name("message")
      Self.write(prompt, calls, isThinking: model == "echo-thinking", to: &writer)
      writer.member("finish_reason", calls.isEmpty ? "stop" : "tool_calls")
      writer.endObject()
    }
    writer.endArray()
    Self.writeUsage(prompt, to: &writer)
    writer.name("_metadata")
    writer.beginObject()
    for (name, value) in metadata { writer.member(name, value) }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  private struct Call {
    let name: String
    let arguments: String
  }

  private static func write(_ text: String, _ calls: [Call], isThinking: Bool, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("role", "assistant")
    if isThinking { writer.member("reasoning_content", "The last message has \(text.count) characters.") }
    writer.name("content")
    guard !calls.isEmpty else {
      writer.string(text)
      writer.endObject()
      return
    }
    writer.null()
    writer.name("tool_calls")
    writer.beginArray()
    for (index, call) in calls.enumerated() {
      writer.beginObject()
      writer.member("id", "call_dev_\(index)")
      writer.member("type", "function")
      writer.name("function")
      writer.beginObject()
      writer.member("name", call.name)
      writer.member("arguments", call.arguments)
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  /// No tokenizer is at hand: a token is taken for four bytes, which is close for English text.
  private static func writeUsage(_ text: String, to writer: inout JSONWriter) {
    let tokens = (text.utf8.count + 3) / 4
    writer.name("usage")
    writer.beginObject()
    writer.member("prompt_tokens", tokens)
    writer.member("completion_tokens", tokens)
    writer.member("total_tokens", 2 * tokens)
    writer.endObject()
  }

  /// The text of the last message, parts joined.
  private static func lastText(of request: JSONObject) -> String {
    guard let last = request["messages"]?.elements?.last, let content = try? last.object()?["content"] else {
      return ""
    }
    if let text = content.string { return text }
    let parts = content.elements?.compactMap { try? $0.object()?["text"]?.string } ?? []
    return parts.joined(separator: "\n")
  }

  private static func calls(in prompt: String) -> [Call] {
    prompt.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count >= 2, words[0] == "call" else { return nil }
      return Call(name: String(words[1]), arguments: words.count == 3 ? String(words[2]) : "{}")
    }
  }
}
