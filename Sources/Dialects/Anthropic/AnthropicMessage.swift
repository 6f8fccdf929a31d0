import JSONText

/// One message of a request.
struct AnthropicMessage {
  enum Role {
    case user
    case assistant
    /// What Claude Code sends between turns.
    case system
  }

  let role: Role
  let content: AnthropicContent
  private let members: RequestMembers

  init(_ members: RequestMembers) throws(APIFault) {
    self.members = members
    switch try members.requiredString("role") {
    case "user": role = .user
    case "assistant": role = .assistant
    case "system": role = .system
    default: throw members.wrongValue("role", "\"user\", \"assistant\" or \"system\"")
    }
    content = try members.textOrBlocks()
  }

  /// Hands over the blocks one by one; a message that is a text has none.
  func forEachBlock(_ read: (RequestMembers) throws(APIFault) -> Void) throws(APIFault) {
    guard case .blocks(let blocks) = content else { return }
    for (position, value) in blocks.enumerated() {
      try read(try members.members(value, at: "\(members.path).content[\(position)]"))
    }
  }
}
