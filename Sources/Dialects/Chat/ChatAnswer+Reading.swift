import JSONText

/// Why a model stopped, as far as dialects tell it apart.
enum FinishReason: Equatable {
  case stop
  case length
  case toolCalls
  case contentFilter
  /// What only this router says.
  case other(String)
}

extension ChatAnswer.Choice {
  /// The answer's text as the raw content of a JSON string, nil where there is none.
  var content: ArraySlice<UInt8>? { text("content") }

  /// What the model thought before it answered, as the raw content of a JSON string, nil where that is not told.
  var reasoning: ArraySlice<UInt8>? { text("reasoning_content") ?? text("reasoning") }

  /// Why the model would not answer, as the raw content of a JSON string, nil where it did.
  var refusal: ArraySlice<UInt8>? { text("refusal") }

  /// The tools to call, in their order; the old `function_call` is one of them.
  var calls: [ToolCall] {
    let calls = (message["tool_calls"]?.elements ?? []).map { ToolCall($0) }
    guard calls.isEmpty, let call = message["function_call"], call.kind == .object else { return calls }
    return [ToolCall(function: call)]
  }

  /// Why the model stopped.
  ///
  /// Calls exactly when there are some, unless the answer was cut: routers say it wrongly both ways, and
  /// clients go by it.
  var finish: FinishReason {
    let hasCalls = !calls.isEmpty
    switch finishReason {
    case "length": return .length
    case "content_filter": return .contentFilter
    case let reason? where !hasCalls && !["stop", "tool_calls", "function_call"].contains(reason):
      return .other(reason)
    default: return hasCalls ? .toolCalls : .stop
    }
  }

  /// A text member with something in it.
  private func text(_ name: String) -> ArraySlice<UInt8>? {
    guard let content = message[name]?.stringContent, !content.isEmpty else { return nil }
    return content
  }
}
