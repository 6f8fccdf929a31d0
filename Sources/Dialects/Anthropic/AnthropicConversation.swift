import JSONText

/// Writes Anthropic's system prompt and messages as chat messages.
///
/// Messages of one side that follow each other are one turn there, and become one message here: many chat templates refuse
/// two in a row.
struct AnthropicConversation {
  var blocks: AnthropicBlocks
  /// The calls of the assistant's latest turn that have no result yet, and their order.
  var openCalls: [String: Int] = [:]

  /// Which images there are.
  var images: AnthropicImages { blocks.images }
  /// The tools that a tool search of the caller's has found.
  var foundTools: Set<String> { blocks.foundTools }

  init(under policy: RequestPolicy) { blocks = AnthropicBlocks(under: policy) }

  /// Reads `system` and `messages`.
  mutating func read(_ request: RequestMembers, into draft: inout ChatDraft) throws(APIFault) {
    try readSystem(request, into: &draft)
    guard let list = try request.list("messages") else {
      throw request.missing("messages", "a list of messages")
    }
    var turn: [AnthropicMessage] = []
    var isAssistants = false
    var count = 0
    for value in list {
      guard count < Conversation.messageLimit else {
        throw request.wrongValue("messages", "a list of at most \(Conversation.messageLimit) messages")
      }
      let message = try AnthropicMessage(request.members(value, at: "messages[\(count)]"))
      count += 1
      if !turn.isEmpty, (message.role == .assistant) != isAssistants {
        try readTurn(turn, isAssistants: isAssistants, into: &draft)
        turn = []
      }
      isAssistants = message.role == .assistant
      turn.append(message)
    }
    guard count > 0 else { throw request.wrongValue("messages", "a list with at least one message") }
    try readTurn(turn, isAssistants: isAssistants, into: &draft)
  }

  private mutating func readSystem(_ request: RequestMembers, into draft: inout ChatDraft) throws(APIFault) {
    guard request["system"] != nil else { return }
    var parts = AnthropicParts()
    switch try request.textOrBlocks("system") {
    case .text(let text): parts.text(text)
    case .blocks(let list):
      for (position, value) in list.enumerated() {
        let block = try request.members(value, at: "system[\(position)]")
        guard try block.requiredString("type") == "text" else { throw block.wrongValue("type", "\"text\"") }
        let text = try block.rawString("text")
        // Claude Code sends this line to Anthropic's accounting. It differs from one conversation to the next, so a
        // model's cache of the long prompt after it would be of no use.
        guard position > 0 || !text.starts(with: "x-anthropic-billing-header:".utf8) else { continue }
        parts.text(text)
      }
    }
    if !parts.isEmpty { draft.message("system", parts) }
  }

  private mutating func readTurn(
    _ turn: [AnthropicMessage], isAssistants: Bool, into draft: inout ChatDraft
  ) throws(APIFault) {
    if isAssistants {
      openCalls = try AnthropicAssistantTurn(turn).write(to: &draft)
    } else {
      try readUserTurn(turn, into: &draft)
    }
  }
}
