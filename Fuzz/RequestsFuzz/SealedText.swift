import Dialects

/// A text on its way to the router, and the rules of what may be in it.
///
/// The names are written out once more, from docs/configuration.md and PROTOCOL.md, not taken from the product.
struct SealedText {
  private let bytes: [UInt8]
  private let policy: RequestPolicy
  private let chat: ChatRequest?

  private static let steering = [
    "stream", "stream_options", "security_tier", "api_key", "base_url", "nomyo", "functions", "function_call",
    "max_completion_tokens",
  ]
  private static let identifying = [
    "metadata", "client_metadata", "safety_identifier", "user_id", "session_id", "conversation_id",
    "thread_id",
    "trace_id", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "store",
  ]
  private static let documented = [
    "model", "messages", "temperature", "max_tokens", "top_p", "stop", "presence_penalty",
    "frequency_penalty",
    "n", "best_of", "seed", "logit_bias", "user", "tools", "tool_choice", "response_format",
  ]
  private static let searching = ["web_search_options", "plugins", "search_parameters"]

  init(_ chat: ChatRequest, _ policy: RequestPolicy) {
    (bytes, self.policy, self.chat) = (chat.plaintext, policy, chat)
  }

  init(_ bytes: [UInt8], _ policy: RequestPolicy) { (self.bytes, self.policy, chat) = (bytes, policy, nil) }

  /// A chat for the router.
  func check() {
    let members = checkedMembers()
    let names = Set(members.keys)
    require(names.isDisjoint(with: Self.steering), "a member that must go: \(names)")
    require(members["model"]?.text == chat?.routerModel, "another model")
    if policy.remoteImages == .refuse || policy.members == .minimal {
      require(names.isDisjoint(with: Self.searching), "a member that searches: \(names)")
    }
    if policy.members == .minimal {
      require(names.isSubset(of: Self.documented), "more than is documented: \(names)")
    }
    require(
      members["tools"] != nil || members["parallel_tool_calls"] == nil,
      "says how to call, and nothing to call")
    checkMessages(members["messages"]?.elements ?? [])
    guard let reduced = chat?.documentedOnly() else {
      return require(names.isSubset(of: Self.documented), "not reduced: \(names)")
    }
    let left = ReferenceJSON(reduced.request.plaintext)?.members?.map {
      String(decoding: $0.name, as: UTF16.self)
    }
    require(Set(left ?? []) == names.intersection(Self.documented), "reduced to \(left ?? [])")
  }

  /// A request for an embedder.
  func checkEmbedding() {
    let names = Set(checkedMembers().keys)
    require(
      names.isDisjoint(with: ["security_tier", "api_key", "base_url", "nomyo"]), "a member that must go")
    require(names.isSuperset(of: ["model", "input"]), "nothing to embed")
  }

  /// The members by name, once it is known that there are none that identify somebody and none that say nothing.
  private func checkedMembers() -> [String: ReferenceJSON] {
    guard let list = ReferenceJSON(bytes)?.members else { fatalError("no JSON object") }
    let pairs = list.map { (String(decoding: $0.name, as: UTF16.self), $0.value) }
    let members = Dictionary(pairs, uniquingKeysWith: { _, _ in fatalError("a member twice") })
    require(!members.values.contains(.null), "a member that is null")
    for name in members.keys where policy.stripIdentifiers != .none {
      require(!Self.identifying.contains(name) && !name.hasPrefix("litellm_"), "identifies: \(name)")
      require(policy.stripIdentifiers != .all || name != "user", "identifies: \(name)")
    }
    return members
  }

  private func checkMessages(_ messages: [ReferenceJSON]) {
    require(!messages.isEmpty, "no messages")
    for (position, message) in messages.enumerated() {
      guard let members = message.members else { fatalError("a message that is no object") }
      if policy.stripIdentifiers != .none {
        for name in Self.identifying + ["id"] {
          require(message[name] == nil, "a message identifies: \(name)")
        }
      }
      if policy.messages == .auto, position > 0 {
        require(!["system", "developer"].contains(message["role"]?.text), "a system message in the middle")
      }
      require(Set(members.map(\.name)).count == members.count, "a message has a member twice")
      for part in message["content"]?.elements ?? [] where policy.remoteImages == .refuse {
        guard let image = part["image_url"] else { continue }
        guard let address = (image["url"] ?? image).text else { continue }
        require(!address.lowercased().hasPrefix("http"), "a remote image")
      }
    }
  }
}
