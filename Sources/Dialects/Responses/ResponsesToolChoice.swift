import JSONText

/// Which of the declared tools the model may or must call.
struct ResponsesToolChoice {
  /// What chat completions are told, nil for nothing.
  private enum Mode {
    case word(String)
    case function(String)
  }

  private var mode: Mode?
  /// The tools to send, nil for all.
  private var allowed: Set<String>?

  /// Reads `tool_choice`.
  init(_ members: RequestMembers, among tools: ResponsesTools) throws(APIFault) {
    guard let value = members["tool_choice"] else { return }
    if value.kind == .string {
      mode = .word(try Self.word(members, "tool_choice", ["auto", "none", "required"]))
    } else {
      let choice = try members.members(value, at: "tool_choice")
      let type = try choice.requiredString("type")
      switch type {
      case "function", "custom":
        mode = .function(try Self.modelName(choice, type: type, among: tools.index))
      case "allowed_tools":
        mode = .word(try Self.word(choice, "mode", ["auto", "required"]))
        allowed = try Self.allowed(choice, among: tools.index)
      case _ where ResponsesTools.isHosted(type):
        throw choice.unsupported(
          "type", "the tool \(ForeignText(type)) is not here, so no model can be made to call it.")
      default:
        throw choice.unsupported(
          "type", "\(ForeignText(type)) is not known. Send function, custom or allowed_tools.")
      }
    }
    if case .word("required") = mode, allowed.map(\.isEmpty) ?? tools.entries.isEmpty {
      throw members.unsupported(
        "tool_choice", "a tool must be called, but none of those declared can be had here.")
    }
  }

  /// Writes `tools` and `tool_choice`; neither where no tool is left.
  func write(_ tools: ResponsesTools, to draft: inout ChatDraft) {
    let entries = tools.entries.filter { allowed?.contains($0.modelName) ?? true }
    guard !entries.isEmpty else { return }
    draft.member("tools") { writer in
      writer.beginArray()
      for entry in entries { entry.write(to: &writer) }
      writer.endArray()
    }
    switch mode {
    case nil: break
    case .word(let word): draft.member("tool_choice") { $0.string(word) }
    case .function(let name):
      draft.member("tool_choice") { $0.functionChoice(name) }
    }
  }

  private static func word(
    _ members: RequestMembers, _ name: String, _ words: [String]
  ) throws(APIFault) -> String {
    let word = try members.requiredString(name)
    guard words.contains(word) else {
      throw members.wrongValue(name, words.joined(separator: ", or "))
    }
    return word
  }

  private static func allowed(
    _ choice: RequestMembers, among tools: ResponsesToolIndex
  ) throws(APIFault) -> Set<String> {
    guard let list = try choice.list("tools") else { throw choice.missing("tools", "a list of tools") }
    var allowed: Set<String> = []
    var namespaces: Set<String> = []
    var position = 0
    for value in list {
      guard position < ResponsesTools.limit else {
        throw choice.wrongValue("tools", "a list of at most \(ResponsesTools.limit) tools")
      }
      let tool = try choice.members(value, at: choice.place(of: "tools[\(position)]"))
      position += 1
      let type = try tool.requiredString("type")
      if ResponsesTools.isHosted(type) { continue }
      guard type == "namespace" else {
        allowed.insert(try modelName(tool, type: type, among: tools))
        continue
      }
      let namespace = try tool.requiredString("name")
      // A list may name the same one thousands of times.
      guard namespaces.insert(namespace).inserted else { continue }
      let found = tools.modelNames(in: namespace)
      guard !found.isEmpty else { throw undeclared(tool) }
      allowed.formUnion(found)
    }
    return allowed
  }

  /// The name for the model of the one declared tool that is meant.
  private static func modelName(
    _ choice: RequestMembers, type: String, among tools: ResponsesToolIndex
  ) throws(APIFault) -> String {
    let name = try choice.requiredString("name")
    let namespace = try choice.string("namespace")
    guard let found = tools.modelName(of: name, in: namespace, isCustom: type == "custom") else {
      throw undeclared(choice)
    }
    return found
  }

  private static func undeclared(_ choice: RequestMembers) -> APIFault {
    .invalidRequest(
      "invalid_value",
      "'\(choice.place(of: "name"))' names no tool that the request declares (exactly one must be meant).",
      parameter: choice.place(of: "name"))
  }
}
