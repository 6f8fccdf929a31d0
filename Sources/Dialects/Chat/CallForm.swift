import JSONText

/// How the calls of an answer are written for a caller who asked for them in another form than the router knows.
struct CallForm: Sendable, Equatable {
  /// Whether the caller asked with `functions`, and so knows `function_call` only.
  var isOldForm = false
  /// Whether the caller wants one call at a time, which no router can be told.
  var keepsFirstOnly = false
  /// The tools that take text, not arguments.
  var customNames: Set<String> = []

  /// The calls of a choice that the caller gets.
  func calls(of choice: ChatAnswer.Choice) -> [ToolCall] {
    let calls = choice.calls
    return keepsFirstOnly || isOldForm ? Array(calls.prefix(1)) : calls
  }

  /// Whether a call is one of a tool that takes text.
  func isCustom(_ call: ToolCall) -> Bool { customNames.contains(call.name) }
}
