import JSONText

extension ChatRequest {
  /// Prepares a text that a dialect wrote.
  init(draft: ChatDraft, under policy: RequestPolicy) throws(APIFault) {
    let (document, members) = try RequestMembers.reading(draft.text())
    try self.init(document, members, under: policy)
  }

  /// Prepares the text of a chat completion request for sealing.
  ///
  /// What is sealed is the caller's text without the members that must not reach the router, and with those mended that
  /// routers are known to fail on; every other byte stays.
  init(
    _ document: JSONDocument, _ members: RequestMembers, under policy: RequestPolicy
  ) throws(APIFault) {
    let model = try members.model()
    try ChatParameters.check(members)
    try RemoteAddress.refuse(in: members, of: .request, under: policy)
    let messages = try Conversation.mended(members, of: document, under: policy)
    let tools = try ToolList(of: members, in: document, under: policy)
    let routerModel = policy.routerModel(for: model)

    var editor = JSONEditor(document, object: members.object)
    for member in members.object.members where member.value.isNull { editor.remove(member.name) }
    if let messages { editor.replace("messages", with: messages) }
    editor.apply(tools)
    editor.mendLimits(members)
    for member in members.object.members where Self.goes(member, policy) { editor.remove(member.name) }
    if routerModel != model {
      var name = JSONWriter()
      name.string(routerModel)
      editor.replace("model", with: name.bytes)
    }
    self.init(
      plaintext: editor.isEmpty ? document.bytes : editor.edited(), model: model, routerModel: routerModel,
      securityTier: try members.string("security_tier"), callForm: tools.form)
  }

  /// Whether a member is the proxy's business, identifies the caller, or is not wanted by the policy.
  private static func goes(_ member: JSONObject.Member, _ policy: RequestPolicy) -> Bool {
    switch member.name {
    // The router refuses streams (PROTOCOL.md section 4).
    case "stream", "stream_options": true
    // Named arguments of NOMYO's client that steer transport and account; they never enter a payload.
    case "security_tier", "api_key", "base_url": true
    // Opts into a plain-text cache at the router (PROTOCOL.md section 1).
    case "nomyo": true
    case _ where policy.strips(member.name): true
    // Said as `tools` and `tool_choice`, or saying nothing.
    case "functions", "function_call": true
    // Says that there is no format; some routers know only the others.
    case "response_format": ChatParameters.isTextFormat(member.value)
    // Somebody's cloud would search with what is in the conversation, as its hosted tools would.
    case "web_search_options", "plugins", "search_parameters":
      policy.remoteImages == .refuse || policy.members == .minimal
    default: policy.members == .minimal && !ChatParameters.documented.contains(member.name)
    }
  }
}

extension JSONEditor {
  fileprivate mutating func apply(_ tools: ToolList) {
    for (name, outcome) in [("tools", tools.tools), ("tool_choice", tools.choice)] {
      switch outcome {
      case .kept: break
      case .removed: remove(name)
      case .written(let text): append(name, text)
      }
    }
    // Says something of tools, and is refused by some without them.
    if tools.isEmpty { remove("parallel_tool_calls") }
  }

  /// Says the newer name of the limit by the one that the router documents, and no limit by none.
  fileprivate mutating func mendLimits(_ request: RequestMembers) {
    for name in ["max_tokens", "max_completion_tokens"] {
      if let value = request[name], ChatParameters.isUnlimited(value) { remove(name) }
    }
    rename("max_completion_tokens", to: "max_tokens")
    remove("max_completion_tokens")
  }
}
