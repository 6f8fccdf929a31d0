import JSONText

extension AnthropicConversation {
  /// Writes a turn of the user's: first the results of the tools, then everything else.
  ///
  /// Results come in the order of their calls: Claude Code sends them as they are done, and some chat templates show
  /// them without the identifiers that tell them apart.
  mutating func readUserTurn(_ turn: [AnthropicMessage], into draft: inout ChatDraft) throws(APIFault) {
    var results: [AnthropicToolResult] = []
    var images = AnthropicParts()
    for message in turn where message.role == .user {
      try message.forEachBlock { (block) throws(APIFault) in
        guard block.isToolResult else { return }
        let id = try block.requiredString("tool_use_id")
        guard let order = openCalls.removeValue(forKey: id) else { throw block.resultWithoutCall(id) }
        results.append(
          try AnthropicToolResult(block, id: id, order: order, reading: &blocks, images: &images))
      }
    }
    for result in results.sorted(by: { $0.order < $1.order }) { result.write(to: &draft) }
    try readRest(of: turn, after: images, into: &draft)
  }

  private mutating func readRest(
    of turn: [AnthropicMessage], after images: AnthropicParts, into draft: inout ChatDraft
  ) throws(APIFault) {
    var user = images
    var hasUser = !images.isEmpty
    for message in turn {
      if message.role == .system {
        if hasUser { draft.message("user", user) }
        (user, hasUser) = (AnthropicParts(), false)
        var system = AnthropicParts()
        _ = try read(message, into: &system)
        draft.message("system", system)
      } else {
        // A message that was nothing but results has been told; one with nothing in it is told as it is.
        let hasResults = try read(message, into: &user)
        hasUser = hasUser || !user.isEmpty || !hasResults
      }
    }
    if hasUser { draft.message("user", user) }
  }

  /// Adds what a message says beside results of tools.
  ///
  /// - Returns: whether it has such results.
  private mutating func read(
    _ message: AnthropicMessage, into parts: inout AnthropicParts
  ) throws(APIFault) -> Bool {
    if case .text(let text) = message.content { parts.text(text) }
    var hasResults = false
    try message.forEachBlock { (block) throws(APIFault) in
      if message.role == .system {
        guard try block.requiredString("type") == "text" else { throw block.wrongValue("type", "\"text\"") }
      }
      if block.isToolResult { hasResults = true } else { try blocks.read(block, into: &parts) }
    }
    return hasResults
  }
}

extension RequestMembers {
  fileprivate var isToolResult: Bool { self["type"]?.string == "tool_result" }

  fileprivate func resultWithoutCall(_ id: String) -> APIFault {
    .invalidRequest(
      "tool_result_without_call",
      "'\(place(of: "tool_use_id"))' is \(ForeignText(id)), but the assistant's turn before it has no 'tool_use' of that "
        + "id that still waits for its result.", parameter: place(of: "tool_use_id"))
  }
}

extension ChatDraft {
  /// Adds a message that is a role and its content.
  mutating func message(_ role: String, _ parts: AnthropicParts) {
    message(role) { writer in
      writer.name("content")
      parts.write(to: &writer)
    }
  }
}
