import JSONText

extension OpenAIChat {
  /// Reads a chat request.
  ///
  /// What is sealed is the caller's text without the members that must not reach the router; every other byte
  /// stays (DESIGN.md, "What must be true always").
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> ChatRequest {
    let (document, object) = try read(body)
    let members = RequestMembers(object)
    let model = try members.model()
    try members.requireMessages()
    let isStream = try members.bool("stream") ?? false
    let includesUsage = try members.streamOptions()
    let routerModel = policy.aliases[model] ?? model
    return ChatRequest(
      plaintext: plaintext(
        of: document, object, policy, routerModel: routerModel == model ? nil : routerModel),
      model: model, routerModel: routerModel, securityTier: try members.securityTier(), isStream: isStream,
      includesUsage: isStream && includesUsage, choiceCount: try members.choiceCount())
  }

  private func read(_ body: [UInt8]) throws(APIFault) -> (JSONDocument, JSONObject) {
    let members: JSONObject?
    let document: JSONDocument
    do throws(JSONSyntaxError) {
      document = try JSONDocument(parsing: body)
      members = try document.root.object()
    } catch { throw APIFault(error) }
    guard let members else {
      throw .invalidRequest(
        "invalid_type", "The request body is JSON, but not an object. \(adviceOnBodies)", parameter: "body")
    }
    return (document, members)
  }

  private func plaintext(
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
  private func isLocal(_ name: String, _ policy: RequestPolicy) -> Bool {
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

private let adviceOnBodies = "Send one JSON object in UTF-8."

extension APIFault {
  /// The 400 for a body that is not JSON as RFC 8259 has it.
  fileprivate init(_ error: JSONSyntaxError) {
    switch error.reason {
    case .duplicateMember(let name):
      self = .invalidRequest(
        "duplicate_member",
        "The request names the member \(ForeignText(name)) twice. Two readers could understand it differently, so it is "
          + "refused: send each member once.", parameter: ForeignText(name).text)
    case .tooDeep(let limit):
      self = .invalidRequest(
        "nesting_too_deep", "The request body nests deeper than \(limit) levels.", parameter: "body")
    case .invalidUTF8, .byteOrderMark:
      self = .invalidRequest(
        "invalid_encoding", "The request body is \(error). \(adviceOnBodies)",
        parameter: "body")
    default:
      self = .invalidRequest(
        "invalid_json", "The request body is \(error). \(adviceOnBodies)", parameter: "body")
    }
  }
}
