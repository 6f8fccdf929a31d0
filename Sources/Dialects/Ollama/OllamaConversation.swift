import JSONText

/// Writes the messages of a chat, one after the other.
struct OllamaConversation {
  private var calls = OllamaCalls()
  private var lastRole = ""

  /// Checks a message and writes it.
  mutating func append(
    _ message: RequestMembers, to draft: inout ChatDraft, under policy: RequestPolicy
  ) throws(APIFault) {
    let role = try message.requiredString("role").lowercased()
    defer { lastRole = role }
    let text = try message.content("content") ?? []
    let images = try message.images(under: policy)
    guard images.isEmpty || role == "user" else {
      throw message.unsupported("images", "only a user's message can have images.")
    }
    guard role == "assistant" || !message.hasCalls else {
      throw message.unsupported("tool_calls", "only an assistant's message can call tools.")
    }
    switch role {
    case "user": draft.message(role) { $0.content(text, images) }
    case "system", "developer": draft.message(role) { $0.member("content", content: text) }
    case "assistant": try appendAssistant(message, text, to: &draft)
    case "tool":
      let id = try calls.answer(message)
      draft.message(role) {
        $0.member("tool_call_id", id)
        $0.member("content", content: text)
      }
    default: throw message.wrongValue("role", #""system", "user", "assistant" or "tool""#)
    }
  }

  private mutating func appendAssistant(
    _ message: RequestMembers, _ text: ArraySlice<UInt8>, to draft: inout ChatDraft
  ) throws(APIFault) {
    let thinking = try message.content("thinking") ?? []
    var writer = JSONWriter()
    if let list = try message.list("tool_calls"), message.hasCalls {
      // Callers that keep every piece of a stream as a message of its own have the calls of one answer in several.
      if lastRole != "assistant" { calls.forget() }
      writer.beginArray()
      var count = 0
      for value in list {
        try calls.append(
          try message.members(value, at: "\(message.place(of: "tool_calls"))[\(count)]"), to: &writer)
        count += 1
      }
      writer.endArray()
    }
    let written = writer.bytes
    draft.message("assistant") {
      $0.member("content", content: text)
      if !thinking.isEmpty { $0.member("reasoning_content", content: thinking) }
      if !written.isEmpty {
        $0.name("tool_calls")
        $0.raw(written)
      }
    }
  }
}

extension RequestMembers {
  /// Whether there are tool calls in a message; LangChain and others send empty lists.
  fileprivate var hasCalls: Bool {
    self["tool_calls"]?.lazyElements?.first { _ in true } != nil
  }
}
