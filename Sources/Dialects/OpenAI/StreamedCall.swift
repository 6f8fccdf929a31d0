import JSONText

/// A call as a stream tells it: name and identifier once, then its text in pieces.
struct StreamedCall {
  private enum Form { case function, custom, old }

  /// What is cut into pieces: arguments, or the text for a tool that takes one.
  ///
  /// Raw content of a JSON string.
  let content: ArraySlice<UInt8>
  private let call: ToolCall
  private let position: Int
  private let form: Form

  init(_ call: ToolCall, _ position: Int, _ form: CallForm) {
    self.call = call
    self.position = position
    self.form = form.isOldForm ? .old : form.isCustom(call) ? .custom : .function
    content = self.form == .custom ? CustomTool.input(of: call.arguments) : call.arguments[...]
  }

  /// The first fragment, whose text is a string from the start: some clients fail on null.
  func writeStart(to delta: inout JSONWriter) {
    switch form {
    case .function:
      delta.toolCall(position) {
        $0.member("id", call.id)
        $0.member("type", "function")
        $0.object("function", [("name", call.name), ("arguments", "")])
      }
    case .custom:
      delta.toolCall(position) {
        $0.member("id", call.id)
        $0.member("type", "custom")
        $0.object("custom", [("name", call.name), ("input", "")])
      }
    case .old: delta.object("function_call", [("name", call.name), ("arguments", "")])
    }
  }

  /// A further fragment.
  func write(_ piece: ArraySlice<UInt8>, to delta: inout JSONWriter) {
    switch form {
    case .function: delta.toolCall(position) { $0.object("function", "arguments", piece) }
    case .custom: delta.toolCall(position) { $0.object("custom", "input", piece) }
    case .old: delta.object("function_call", "arguments", piece)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func toolCall(_ position: Int, _ members: (inout JSONWriter) -> Void) {
    name("tool_calls")
    beginArray()
    beginObject()
    member("index", position)
    members(&self)
    endObject()
    endArray()
  }

  fileprivate mutating func object(_ name: String, _ members: [(String, String)]) {
    self.name(name)
    beginObject()
    for (name, text) in members { member(name, text) }
    endObject()
  }

  fileprivate mutating func object(_ name: String, _ member: String, _ content: ArraySlice<UInt8>) {
    self.name(name)
    beginObject()
    self.member(member, content: content)
    endObject()
  }
}
