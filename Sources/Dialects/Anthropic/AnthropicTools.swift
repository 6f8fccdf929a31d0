import JSONText

/// The tools of a request, as chat completions have them.
struct AnthropicTools {
  /// Anthropic's own bound with its tool search (its documentation).
  private static let toolLimit = 10_000
  /// Anthropic's own bound.
  private static let nameLimit = 128

  private let request: RequestMembers
  private var names: Set<String> = []
  private var tools = JSONWriter()
  private var toolCount = 0
  /// The first tool that only Anthropic's own servers have.
  private var hosted: RequestMembers?

  /// Reads `tools`.
  ///
  /// - Parameter found: The tools that the caller's own tool search has found.
  init(_ request: RequestMembers, found: Set<String>, choice: AnthropicToolChoice) throws(APIFault) {
    self.request = request
    tools.beginArray()
    var sleeping: [RequestMembers] = []
    var hasHostedSearch = false
    guard let list = try request.list("tools") else { return }
    for (position, value) in list.enumerated() {
      guard position < Self.toolLimit else {
        throw request.wrongValue("tools", "a list of at most \(Self.toolLimit) tools")
      }
      let tool = try request.members(value, at: "tools[\(position)]")
      let kind = try AnthropicToolKind(tool)
      if case .hosted(let isSearch) = kind {
        hosted = hosted ?? tool
        hasHostedSearch = hasHostedSearch || isSearch
        continue
      }
      let name = try tool.shortString("name", atMost: Self.nameLimit)
      guard names.insert(name).inserted else {
        throw tool.wrongValue("name", "a name that no other tool has")
      }
      if try tool.bool("defer_loading") ?? false, !found.contains(name), choice.name != name {
        sleeping.append(tool)
      } else {
        try write(tool, kind, name: name)
      }
    }
    // A deferred tool is hidden until a search finds it. Without a search that works here it would be hidden for ever.
    if hasHostedSearch || toolCount == 0 {
      for tool in sleeping {
        try write(tool, try AnthropicToolKind(tool), name: try tool.requiredString("name"))
      }
    }
    tools.endArray()
    try checkSomethingIsLeft()
  }

  /// Adds the tools and the choice among them to a draft.
  func write(_ choice: AnthropicToolChoice, to draft: inout ChatDraft) throws(APIFault) {
    guard toolCount > 0 else { return try choice.checkWithoutTools(request) }
    draft.member("tools") { $0.raw(tools.bytes) }
    try choice.write(to: &draft, names: names, request)
  }

  private mutating func write(_ tool: RequestMembers, _ kind: AnthropicToolKind, name: String)
    throws(APIFault)
  {
    toolCount += 1
    tools.beginObject()
    tools.member("type", "function")
    tools.name("function")
    tools.beginObject()
    tools.member("name", name)
    switch kind {
    case .custom(let schema):
      if tool["description"] != nil {
        tools.name("description"); tools.stringContent(try tool.rawString("description"))
      }
      tools.member("parameters", schema)
    case .known(let known):
      tools.member("description", known.description)
      tools.name("parameters")
      tools.raw(known.schema.utf8)
    case .hosted: break
    }
    if let strict = try tool.bool("strict") { tools.member("strict", strict) }
    tools.endObject()
    tools.endObject()
  }

  /// Refuses a request that is only about tools of Anthropic's servers.
  ///
  /// Beside others they are left out, so that agents which always name one go on working.
  private func checkSomethingIsLeft() throws(APIFault) {
    guard toolCount == 0, let hosted else { return }
    throw hosted.unsupported(
      "type",
      "this tool runs on Anthropic's own servers, and the request has no other. Send tools that you run yourself."
    )
  }
}
