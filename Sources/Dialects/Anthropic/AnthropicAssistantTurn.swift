import JSONText

/// A turn of the assistant's on its way to a chat message.
struct AnthropicAssistantTurn {
  /// Longer identifiers and names are nobody's.
  static let identifierLimit = 256

  private var text = AnthropicParts()
  private var thoughts: [UInt8] = []
  private var calls = JSONWriter()
  private var order: [String: Int] = [:]

  /// Reads the messages of one turn, which may be several.
  init(_ turn: [AnthropicMessage]) throws(APIFault) {
    calls.beginArray()
    for message in turn {
      if case .text(let content) = message.content { text.text(content) }
      try message.forEachBlock { (block) throws(APIFault) in try read(block) }
    }
    calls.endArray()
  }

  private mutating func read(_ block: RequestMembers) throws(APIFault) {
    switch try block.requiredString("type") {
    case "text": text.text(try block.rawString("text"))
    case "thinking": thoughts += try block.rawString("thinking")
    case "tool_use": try readCall(block)
    // Encrypted by another model, or a note of where another model took over: nobody here can read it.
    case "redacted_thinking", "fallback": break
    // The summary that stands for earlier messages. One that only its maker can read would leave the model without them.
    case "compaction" where block["content"] != nil: text.text(try block.rawString("content"))
    case let type: throw block.unreadableBlock(type)
    }
  }

  private mutating func readCall(_ block: RequestMembers) throws(APIFault) {
    let id = try block.shortString("id", atMost: Self.identifierLimit)
    let name = try block.shortString("name", atMost: Self.identifierLimit)
    guard let input = block["input"], input.kind == .object else {
      throw block.wrongType("input", "an object")
    }
    guard order.updateValue(order.count, forKey: id) == nil else {
      throw block.wrongValue("id", "an id that no other tool call of this turn has")
    }
    var arguments: [UInt8] = []
    input.appendSingleLine(to: &arguments)
    calls.functionCall(id: id, name: name) { $0.string(String(decoding: arguments, as: UTF8.self)) }
  }

  /// Writes the turn as one message.
  ///
  /// - Returns: the calls that now wait for their results, and their order.
  func write(to draft: inout ChatDraft) -> [String: Int] {
    draft.message("assistant") { writer in
      writer.name("content")
      if text.isEmpty, !order.isEmpty { writer.null() } else { text.write(to: &writer) }
      guard !order.isEmpty else { return }
      // Templates of reasoning models want the thoughts that led to a call; those of other turns they leave out.
      if !thoughts.isEmpty { writer.member("reasoning_content", content: thoughts[...]) }
      writer.name("tool_calls")
      writer.raw(calls.bytes)
    }
    return order
  }
}
