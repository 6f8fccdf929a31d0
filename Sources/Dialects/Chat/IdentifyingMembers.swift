/// The members by which requests tell whose they are.
///
/// Tools, and gateways in front of them, send these for their own accounting; none changes an answer.
extension RequestPolicy {
  private static let identifying: Set<String> = [
    "metadata", "client_metadata", "safety_identifier", "user_id", "session_id", "conversation_id",
    "thread_id", "trace_id", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "store",
  ]

  /// Whether a member at the root of a request is taken out because it identifies somebody.
  func strips(_ name: String) -> Bool {
    switch stripIdentifiers {
    case .none: false
    case .account: Self.identifies(name)
    case .all: Self.identifies(name) || name == "user"
    }
  }

  /// Whether a member of a message is taken out because it identifies somebody.
  ///
  /// Calls and their results have identifiers of other names, so a message's own says only which one it was.
  func stripsFromMessage(_ name: String) -> Bool {
    stripIdentifiers != .none && (name == "id" || Self.identifies(name))
  }

  private static func identifies(_ name: String) -> Bool {
    identifying.contains(name) || name.hasPrefix("litellm_")
  }
}
