import JSONText

/// An answer in Anthropic's terms.
struct AnthropicAnswer {
  /// In the order in which they are written.
  let blocks: [AnthropicBlock]
  let stopReason: String
  let usage: AnthropicUsage

  /// Reads the answer's first choice; Anthropic's requests cannot ask for more.
  init(_ answer: ChatAnswer, for request: AnthropicEncoder) {
    usage = AnthropicUsage(TokenUsage(answer), estimate: request.inputTokens)
    guard let choice = answer.choices.first else {
      (blocks, stopReason) = ([], "end_turn")
      return
    }
    var blocks: [AnthropicBlock] = []
    if let reasoning = choice.reasoning {
      switch request.thinking {
      case .shown: blocks.append(.thinking(reasoning))
      case .omitted: blocks.append(.thinking([]))
      case .left: break
      }
    }
    for text in [choice.content, choice.refusal] { if let text { blocks.append(.text(text)) } }
    blocks += choice.calls.prefix(request.takesOneCall ? 1 : .max).map { .toolUse($0) }
    self.blocks = blocks
    stopReason =
      switch choice.finish {
      case .toolCalls: "tool_use"
      case .length, .other("max_tokens"), .other("model_length"): "max_tokens"
      case .contentFilter: "refusal"
      case _ where choice.refusal != nil: "refusal"
      default: "end_turn"
      }
  }
}
