import JSONText

/// One message of a conversation, checked, and what becomes of it.
struct ChatMessage {
  enum Role: String {
    case system, developer, user, assistant, tool, function
  }

  let role: Role
  let content: MessageContent
  /// The text that the caller wrote.
  let value: JSONValue
  private let members: RequestMembers
  private let policy: RequestPolicy
  private let calls: AssistantCalls?
  /// The call that a result in the old form answers.
  private let answeredCall: String?
  /// What stands for the content where the model only refused.
  private let refusal: JSONValue?

  /// Reads and checks a message.
  init(
    _ value: JSONValue, index: Int, noting ledger: inout CallLedger, under policy: RequestPolicy
  ) throws(APIFault) {
    let members = try RequestMembers.reading(value, at: "messages[\(index)]")
    let role = try Self.role(of: members)
    try RemoteAddress.refuse(in: members, of: .message, under: policy)
    let content = try MessageContent(of: members, under: policy)
    let calls =
      role == .assistant ? try AssistantCalls(of: members, index: index, noting: &ledger) : nil
    try Self.requireContent(content, role, calls, members)
    answeredCall = try Self.answeredCall(role, members, ledger)
    refusal = Self.refusal(insteadOf: content, members, calls)
    (self.value, self.members, self.role, self.content, self.calls) = (value, members, role, content, calls)
    self.policy = policy
  }

  /// Whether it has to be written anew.
  ///
  /// Looks at every member, so ask once.
  var needsMending: Bool {
    let lacksContent = members.object["content"] == nil && (role == .tool || refusal != nil)
    return lacksContent || members.object.members.contains { fate(of: $0) != .kept }
  }

  /// Writes the message as it goes to the router.
  func write(to writer: inout JSONWriter, of document: JSONDocument) {
    writer.beginObject()
    for member in members.object.members {
      switch fate(of: member) {
      case .kept: writer.copy(member, of: document)
      case .dropped: break
      case .written: write(member.name, to: &writer, of: document)
      }
    }
    if members.object["content"] == nil {
      if role == .tool || role == .function { writer.member("content", "") }
      if let refusal { writer.member("content", refusal) }
    }
    if let answeredCall { writer.member("tool_call_id", answeredCall) }
    writer.endObject()
  }

  private func write(_ name: String, to writer: inout JSONWriter, of document: JSONDocument) {
    switch name {
    case "role": writer.member("role", role == .function ? "tool" : "system")
    case "function_call", "tool_calls":
      writer.name("tool_calls")
      calls?.write(to: &writer, of: document)
    case "content" where refusal != nil:
      if let refusal { writer.member("content", refusal) }
    case "content" where content.form == .absent: writer.member("content", "")
    default:
      writer.name("content")
      content.write(to: &writer, of: document)
    }
  }
}

// MARK: - What becomes of each member

extension ChatMessage {
  private enum Fate { case kept, dropped, written }

  private func fate(of member: JSONObject.Member) -> Fate {
    switch member.name {
    case "content":
      // A result may be nothing. An assistant's content may be null beside its calls, and templates know that.
      if content.form == .absent { return role == .assistant && refusal == nil ? .kept : .written }
      return content.needsMending ? .written : .kept
    case _ where member.value.isNull: return .dropped
    case "role": return role == .developer || role == .function ? .written : .kept
    // Marks for the prompt cache of one cloud.
    case "cache_control": return .dropped
    case "refusal", "annotations", "audio", "reasoning", "reasoning_details":
      return role == .assistant ? .dropped : .kept
    case "tool_calls":
      guard let calls else { return .kept }
      if calls.isEmpty || calls.isOldForm { return .dropped }
      return calls.needsMending ? .written : .kept
    case "function_call": return calls == nil ? .kept : .written
    case "tool_call_id": return role == .function ? .dropped : .kept
    default: return policy.stripsFromMessage(member.name) ? .dropped : .kept
    }
  }

  private static func refusal(
    insteadOf content: MessageContent, _ members: RequestMembers, _ calls: AssistantCalls?
  ) -> JSONValue? {
    guard content.form == .absent, let calls, calls.isEmpty, let refusal = members["refusal"],
      refusal.kind == .string
    else { return nil }
    return refusal
  }
}

// MARK: - Checks

extension ChatMessage {
  private static func role(of members: RequestMembers) throws(APIFault) -> Role {
    guard let role = Role(rawValue: try members.requiredString("role")) else {
      throw members.wrongValue("role", "system, developer, user, assistant, tool or function")
    }
    return role
  }

  private static func requireContent(
    _ content: MessageContent, _ role: Role, _ calls: AssistantCalls?, _ members: RequestMembers
  ) throws(APIFault) {
    guard content.form == .absent else { return }
    switch role {
    case .tool, .function: return
    case .assistant:
      // Some clients echo an answer that was only thought, refused or spoken.
      let others = ["content", "refusal", "reasoning_content", "reasoning", "audio"]
      if calls?.isEmpty == false || others.contains(where: { members.object[$0] != nil }) { return }
    case .system, .developer, .user: break
    }
    throw members.missing("content", "a string or a list of parts")
  }

  private static func answeredCall(
    _ role: Role, _ members: RequestMembers, _ ledger: CallLedger
  ) throws(APIFault) -> String? {
    switch role {
    case .tool:
      let identifier = try members.requiredString("tool_call_id")
      guard ledger.contains(identifier) else { throw members.unanswerable("tool_call_id") }
      return nil
    case .function:
      guard let identifier = ledger.identifier(function: try members.string("name")) else {
        throw members.unanswerable("name")
      }
      return identifier
    default: return nil
    }
  }
}

extension RequestMembers {
  fileprivate func unanswerable(_ name: String) -> APIFault {
    .invalidRequest(
      "tool_result_without_call",
      "'\(place(of: name))' names a call that no assistant message before it made. Send the assistant's message with the "
        + "call too.", parameter: place(of: name))
  }
}
