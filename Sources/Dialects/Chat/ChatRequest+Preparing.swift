import JSONText

extension ChatRequest {
  /// Prepares a text that a dialect wrote.
  init(draft: ChatDraft, under policy: RequestPolicy) throws(APIFault) {
    let (document, members) = try RequestMembers.reading(draft.text())
    try self.init(document, members, under: policy)
  }

  /// Prepares the text of a chat completion request for sealing.
  ///
  /// What is sealed is the caller's text without the members that must not reach the router; every other byte
  /// stays (DESIGN.md, "What must be true always").
  init(
    _ document: JSONDocument, _ members: RequestMembers, under policy: RequestPolicy
  ) throws(APIFault) {
    let model = try members.model()
    try members.requireMessages()
    let routerModel = policy.aliases[model] ?? model
    self.init(
      plaintext: Self.plaintext(
        of: document, members.object, policy, routerModel: routerModel == model ? nil : routerModel),
      model: model, routerModel: routerModel, securityTier: try members.string("security_tier"))
  }

  private static func plaintext(
    of document: JSONDocument, _ object: JSONObject, _ policy: RequestPolicy, routerModel: String?
  ) -> [UInt8] {
    var editor = JSONEditor(document, object: object)
    for member in object.members where member.value.isNull || isLocal(member.name, policy) {
      editor.remove(member.name)
    }
    if let routerModel {
      var name = JSONWriter()
      name.string(routerModel)
      editor.replace("model", with: name.bytes)
    }
    return editor.isEmpty ? document.bytes : editor.edited()
  }

  /// Members that are the proxy's business or identify the caller, and never the router's.
  private static func isLocal(_ name: String, _ policy: RequestPolicy) -> Bool {
    switch name {
    // The router refuses streams (PROTOCOL.md section 4).
    case "stream", "stream_options": true
    // Named arguments of NOMYO's client that steer transport and account; they never enter a payload.
    case "security_tier", "api_key", "base_url": true
    // Opts into a plain-text cache at the router (PROTOCOL.md section 1).
    case "nomyo": true
    case "metadata", "safety_identifier", "session_id", "prompt_cache_key", "store":
      policy.stripIdentifiers != .none
    case "user": policy.stripIdentifiers == .all
    default: false
    }
  }
}

extension RequestMembers {
  fileprivate func requireMessages() throws(APIFault) {
    guard let messages = try list("messages") else { throw missing("messages", "a list of messages") }
    guard messages.first(where: { _ in true }) != nil else {
      throw wrongType("messages", "a list with at least one message")
    }
    guard messages.allSatisfy({ $0.kind == .object }) else {
      throw wrongType("messages", "a list of objects")
    }
  }
}
