import JSONText

/// An answer as the items of a response.
struct ResponseOutput {
  let items: [ResponseItem]
  /// Why the answer is not all that there could be, nil where it is.
  let incompleteReason: String?
  let usage: TokenUsage

  var status: String { incompleteReason == nil ? "completed" : "incomplete" }

  /// Reads the answer's first choice; the dialect has no others.
  init(_ answer: ChatAnswer, for request: ResponsesEncoder) {
    let choice = answer.choices[0]
    usage = TokenUsage(answer)
    incompleteReason =
      switch choice.finish {
      case .length: "max_output_tokens"
      case .contentFilter: "content_filter"
      default: nil
      }
    let calls = request.callForm.calls(of: choice)
    var contents: [ResponseItem.Content] = []
    if let reasoning = choice.reasoning { contents.append(.reasoning(reasoning)) }
    var parts: [ResponseItem.Part] = []
    if let text = choice.content {
      parts.append(.text(text, logprobs: request.logprobs ? ResponseLogprobs(choice.logprobs) : nil))
    }
    if let refusal = choice.refusal { parts.append(.refusal(refusal)) }
    // Clients look for a message, though it says nothing; not where the answer was cut before there was one.
    if parts.isEmpty, calls.isEmpty, contents.isEmpty || incompleteReason == nil {
      parts.append(.text([], logprobs: nil))
    }
    if !parts.isEmpty { contents.append(.message(parts)) }
    for call in calls {
      contents.append(.call(ResponseCall(call, named: request.tools.name(for: call.name))))
    }
    // What was cut is what came last.
    let cut = incompleteReason == nil ? nil : contents.indices.last
    items = contents.enumerated().map { position, content in
      ResponseItem(content: content, isIncomplete: position == cut)
    }
  }
}

/// A tool call as a caller of this dialect expects it.
struct ResponseCall {
  let id: String
  let name: ResponsesToolNames.Name
  /// The arguments, or a custom tool's input, as the raw content of a JSON string.
  let text: [UInt8]

  init(_ call: ToolCall, named name: ResponsesToolNames.Name) {
    id = call.id
    self.name = name
    text = name.isCustom ? Array(CustomTool.input(of: call.arguments)) : call.arguments
  }

  var type: String { name.isCustom ? "custom_tool_call" : "function_call" }
  /// The member that has the text.
  var textName: String { name.isCustom ? "input" : "arguments" }
  /// What the events that bring the text begin with.
  var eventName: String {
    name.isCustom ? "response.custom_tool_call_input" : "response.function_call_arguments"
  }
}

/// Token probabilities of a text.
struct ResponseLogprobs {
  private let tokens: JSONElements

  /// Takes over those of a chat completion.
  init?(_ value: JSONValue?) {
    guard let members = try? value?.object(), let tokens = members["content"]?.lazyElements else {
      return nil
    }
    self.tokens = tokens
  }

  /// Writes them as an array.
  func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for token in tokens {
      guard let members = try? token.object(), let text = members["token"] else { continue }
      Self.write(text, members, to: &writer) { writer in
        writer.name("top_logprobs")
        writer.beginArray()
        if let alternatives = members["top_logprobs"]?.lazyElements {
          for alternative in alternatives {
            guard let members = try? alternative.object(), let text = members["token"] else { continue }
            Self.write(text, members, to: &writer) { _ in }
          }
        }
        writer.endArray()
      }
    }
    writer.endArray()
  }

  private static func write(
    _ token: JSONValue, _ members: JSONObject, to writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    writer.member("token", token)
    writer.name("bytes")
    // Null in chat completions where a token is no text; here always a list.
    if let bytes = members["bytes"], bytes.kind == .array {
      writer.value(bytes)
    } else {
      writer.raw("[]".utf8)
    }
    writer.name("logprob")
    if let logprob = members["logprob"], logprob.kind == .number {
      writer.value(logprob)
    } else {
      writer.integer(0)
    }
    more(&writer)
    writer.endObject()
  }
}
