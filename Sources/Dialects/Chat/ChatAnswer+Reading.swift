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

  /// Reads the tools to call, in their order; the old `function_call` is one of them.
  ///
  /// - Throws: status 502 for calls that no client could make, and for more than any client would.
  static func calls(of message: JSONObject) throws(APIFault) -> [ToolCall] {
    var calls: [ToolCall] = []
    if let value = message["tool_calls"], !value.isNull {
      guard let list = value.lazyElements else { throw Self.malformedCalls }
      for element in list {
        guard calls.count < Self.callLimit else { throw Self.tooManyCalls }
        guard let call = ToolCall(element) else { throw Self.malformedCalls }
        calls.append(call)
      }
    }
    guard calls.isEmpty, let call = message["function_call"], call.kind == .object else { return calls }
    return [ToolCall(function: call)]
  }

  /// Models that go round in circles make hundreds; four megabytes of answer could hold two million.
  private static var callLimit: Int { 1024 }

  private static var tooManyCalls: APIFault {
    .upstreamAnswer(
      "The model calls more than \(callLimit) tools at once. Try again, or with fewer tools.")
  }

  private static var malformedCalls: APIFault {
    .upstreamAnswer(
      "The router's answer was authentic, but its 'tool_calls' is not a list of calls of functions. Try again; if it "
        + "stays, the router's operator has to look at the model.")
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

extension APIFault {
  /// An authentic answer that cannot be passed on: status 502 with code `upstream_answer`.
  static func upstreamAnswer(_ message: String) -> APIFault {
    APIFault(status: 502, type: "server_error", code: "upstream_answer", message: message)
  }
}
