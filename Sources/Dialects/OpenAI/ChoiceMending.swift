import JSONText

/// Mends the choices of a whole answer where they would mislead a client.
///
/// What is right stays byte for byte.
struct ChoiceMending {
  private let form: CallForm

  init(_ form: CallForm) { self.form = form }

  /// The text of `choices`; nil where there is nothing to mend.
  func mended(_ answer: ChatAnswer) -> [UInt8]? {
    guard let values = answer.object["choices"]?.lazyElements else { return nil }
    var list = ListRewriter(answer.document)
    for (value, choice) in zip(values, answer.choices) {
      guard let members = try? value.object(), needsMending(members, choice) else {
        list.keep(value)
        continue
      }
      list.write { write(members, choice, to: &$0, of: answer.document) }
    }
    return list.finished()
  }

  private func needsMending(_ members: JSONObject, _ choice: ChatAnswer.Choice) -> Bool {
    members["index"]?.integer != choice.index || choice.finishReason != choice.finish.text(form)
      || lacksMembers(choice.message) || needsNewCalls(choice)
  }

  private func lacksMembers(_ message: JSONObject) -> Bool {
    message["role"]?.isNull != false || message["content"] == nil
  }

  /// Whether the calls have to be written in another form than the router's.
  private func needsNewCalls(_ choice: ChatAnswer.Choice) -> Bool {
    let calls = choice.calls
    guard !calls.isEmpty else { return false }
    let said = choice.message["tool_calls"]?.lazyElements
    guard let said, !said.isEmpty, !form.isOldForm else { return true }
    return (form.keepsFirstOnly && calls.count > 1) || calls.contains(where: form.isCustom)
      || said.contains { Self.isOdd($0) } || choice.message["function_call"]?.kind == .object
  }

  /// Whether a call lacks what client libraries take for granted.
  private static func isOdd(_ value: JSONValue) -> Bool {
    guard let call = try? value.object(), let function = try? call["function"]?.object() else { return true }
    return [call["id"], call["type"], function["name"], function["arguments"]]
      .contains { $0?.stringContent?.isEmpty != false }
  }

  private func write(
    _ members: JSONObject, _ choice: ChatAnswer.Choice, to writer: inout JSONWriter, of document: JSONDocument
  ) {
    writer.beginObject()
    writer.member("index", choice.index)
    for member in members.members where !["index", "message", "finish_reason"].contains(member.name) {
      writer.copy(member, of: document)
    }
    writer.name("message")
    writeMessage(choice, to: &writer, of: document)
    writer.member("finish_reason", choice.finish.text(form))
    writer.endObject()
  }

  private func writeMessage(
    _ choice: ChatAnswer.Choice, to writer: inout JSONWriter, of document: JSONDocument
  ) {
    let isNew = needsNewCalls(choice)
    writer.beginObject()
    if choice.message["role"]?.isNull != false { writer.member("role", "assistant") }
    for member in choice.message.members {
      switch member.name {
      case "role" where member.value.isNull: break
      case "tool_calls" where isNew, "function_call" where isNew: break
      default: writer.copy(member, of: document)
      }
    }
    if choice.message["content"] == nil {
      writer.name("content")
      writer.null()
    }
    if isNew { writeCalls(choice, to: &writer, of: document) }
    writer.endObject()
  }

  private func writeCalls(
    _ choice: ChatAnswer.Choice, to writer: inout JSONWriter, of document: JSONDocument
  ) {
    let calls = form.calls(of: choice)
    if form.isOldForm, let call = calls.first {
      writer.name("function_call")
      writer.beginObject()
      call.writeFunction(to: &writer)
      writer.endObject()
      return
    }
    writer.name("tool_calls")
    writer.beginArray()
    for call in calls {
      writer.beginObject()
      call.write(to: &writer, isCustom: form.isCustom(call), of: document)
      writer.endObject()
    }
    writer.endArray()
  }
}

extension FinishReason {
  /// OpenAI's word for it.
  func text(_ form: CallForm) -> String {
    switch self {
    case .stop: "stop"
    case .length: "length"
    case .toolCalls: form.isOldForm ? "function_call" : "tool_calls"
    case .contentFilter: "content_filter"
    case .other(let reason): reason
    }
  }
}

extension ToolCall {
  fileprivate func writeFunction(to writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("arguments", content: arguments[...])
  }

  /// Writes the call with its own identifier and whatever else the router says of it.
  fileprivate func write(to writer: inout JSONWriter, isCustom: Bool, of document: JSONDocument) {
    writer.member("id", id)
    writer.member("type", isCustom ? "custom" : "function")
    writer.name(isCustom ? "custom" : "function")
    writer.beginObject()
    if isCustom {
      writer.member("name", name)
      writer.member("input", content: CustomTool.input(of: arguments))
    } else {
      writeFunction(to: &writer)
    }
    writer.endObject()
    forEachOther { writer.copy($0, of: document) }
  }
}
