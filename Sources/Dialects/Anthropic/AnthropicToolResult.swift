import JSONText

/// The result of one tool call on its way to a chat message.
struct AnthropicToolResult {
  /// The place of its call.
  let order: Int
  private let id: String
  private var parts = AnthropicParts()

  /// Reads a `tool_result` block.
  ///
  /// - Parameter images: Takes the images. Chat templates show a tool's result as text, so its images come in the user
  ///   message that follows.
  init(
    _ block: RequestMembers, id: String, order: Int, reading blocks: inout AnthropicBlocks,
    images: inout AnthropicParts
  ) throws(APIFault) {
    self.id = id
    self.order = order
    let heading = try block.bool("is_error") ?? false ? "The tool reported an error:\\n" : ""
    guard block["content"] != nil else {
      parts.text(heading)
      return
    }
    switch try block.textOrBlocks() {
    case .text(let text): parts.text(heading.isEmpty ? text : Array(heading.utf8) + text)
    case .blocks(let list):
      parts.text(heading)
      var hasImages = false
      for (position, value) in list.enumerated() {
        let part = try block.members(value, at: "\(block.place(of: "content"))[\(position)]")
        guard part["type"]?.string == "image" else {
          try blocks.read(part, into: &parts)
          continue
        }
        if !hasImages {
          images.text(
            Array("The image that the tool call ".utf8) + (try block.rawString("tool_use_id"))
              + Array(" returned:".utf8))
        }
        hasImages = true
        try blocks.read(part, into: &images)
      }
      if hasImages { parts.text("The image that this tool returned is in the next message.") }
    }
  }

  func write(to draft: inout ChatDraft) {
    draft.message("tool") { writer in
      writer.member("tool_call_id", id)
      writer.name("content")
      parts.write(to: &writer)
    }
  }
}
