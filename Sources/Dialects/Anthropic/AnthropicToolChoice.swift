import JSONText

/// `tool_choice`: whether and which tool is to be called.
struct AnthropicToolChoice {
  private enum Kind {
    case never
    case auto
    case any
    case tool(String)
  }

  private let kind: Kind?
  /// Whether only the first call of an answer is wanted.
  let takesOneCall: Bool

  /// The tool that must be called.
  var name: String? { if case .tool(let name) = kind { name } else { nil } }

  init(_ request: RequestMembers) throws(APIFault) {
    guard let choice = try request.object("tool_choice") else {
      (kind, takesOneCall) = (nil, false)
      return
    }
    kind =
      switch try choice.requiredString("type") {
      case "auto": .auto
      case "any": .any
      case "none": .never
      case "tool": .tool(try choice.requiredString("name"))
      default: throw choice.wrongValue("type", "\"auto\", \"any\", \"tool\" or \"none\"")
      }
    takesOneCall = try choice.bool("disable_parallel_tool_use") ?? false
  }

  /// - Parameter names: Of the tools there are.
  func write(to draft: inout ChatDraft, names: Set<String>, _ request: RequestMembers) throws(APIFault) {
    switch kind {
    case nil: break
    case .auto: draft.member("tool_choice") { $0.string("auto") }
    case .any: draft.member("tool_choice") { $0.string("required") }
    case .never: draft.member("tool_choice") { $0.string("none") }
    case .tool(let name):
      guard names.contains(name) else {
        throw request.wrongValue("tool_choice.name", "the name of one of the tools that can be called")
      }
      draft.member("tool_choice") { $0.functionChoice(name) }
    }
    if takesOneCall { draft.member("parallel_tool_calls") { $0.bool(false) } }
  }

  func checkWithoutTools(_ request: RequestMembers) throws(APIFault) {
    switch kind {
    case .any, .tool: throw request.unsupported("tool_choice", "the request has no tools to choose from.")
    default: return
    }
  }
}
