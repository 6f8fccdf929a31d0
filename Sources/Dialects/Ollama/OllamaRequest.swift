import JSONText

/// What Ollama's two requests for an answer have in common.
struct OllamaRequest {
  /// The chat that the router is asked.
  var draft: ChatDraft
  private let isStream: Bool
  private let encoder: OllamaEncoder

  /// Reads everything but the messages or the prompt.
  init(
    _ members: RequestMembers, form: OllamaEncoder.Form, isFilling: Bool = false
  ) throws(APIFault) {
    let model = try members.model()
    draft = ChatDraft(model: model)
    // Ollama's default, unlike OpenAI's.
    isStream = try members.bool("stream") ?? true
    encoder = OllamaEncoder(
      model: model, form: form, showsThinking: try members.writeThink(to: &draft), isFilling: isFilling)
    if let tier = try members.string("security_tier") {
      draft.member("security_tier") { $0.string(tier) }
    }
    try members.writeFormat(to: &draft)
    try members.writeLogprobs(to: &draft)
    try members.checkKeepAlive()
    if try members.bool("_debug_render_only") == true {
      throw members.unsupported("_debug_render_only", "only the router knows the model's template.")
    }
    try members.object("options")?.writeOptions(to: &draft)
  }

  /// Adds the tools, if there are some.
  mutating func addTools(of members: RequestMembers) throws(APIFault) {
    guard let tools = try members.list("tools") else { return }
    var writer = JSONWriter()
    var count = 0
    writer.beginArray()
    for tool in tools {
      try Self.write(try members.members(tool, at: "tools[\(count)]"), tool, to: &writer)
      count += 1
    }
    writer.endArray()
    guard count > 0 else { return }
    let text = writer.bytes
    draft.member("tools") { $0.raw(text) }
  }

  private static func write(
    _ tool: RequestMembers, _ value: JSONValue, to writer: inout JSONWriter
  ) throws(APIFault) {
    let type = try tool.string("type") ?? ""
    guard ["", "function"].contains(type) else {
      throw tool.wrongValue("type", #""function": Ollama has no other tools"#)
    }
    guard let function = tool["function"], let members = try tool.object("function") else {
      throw tool.missing("function", "an object")
    }
    guard try !members.requiredString("name").isEmpty else {
      throw members.wrongValue("name", "a string with something in it")
    }
    guard type.isEmpty else { return writer.value(value) }
    writer.beginObject()
    writer.member("type", "function")
    writer.member("function", function)
    writer.endObject()
  }

  /// The request, once all messages are in the draft.
  func decoded(under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    var policy = policy
    policy.addsLatest = true
    return DecodedRequest(
      try ChatRequest(draft: draft, under: policy), isStream: isStream, encoder: encoder)
  }
}

extension RequestMembers {
  /// Checks `keep_alive`: how long a model stays loaded is the router's business.
  func checkKeepAlive() throws(APIFault) {
    guard let value = self["keep_alive"] else { return }
    guard value.kind == .number || value.kind == .string else {
      throw wrongType("keep_alive", "a number of seconds or a duration like \"5m\"")
    }
  }

  /// Asks for thinking or for none, in the members that the router's likely backends know.
  ///
  /// Returns whether the caller wants to see it.
  fileprivate func writeThink(to draft: inout ChatDraft) throws(APIFault) -> Bool {
    guard let value = self["think"] else { return true }
    if let level = value.string {
      guard ["low", "medium", "high", "max"].contains(level) else { throw wrongThink }
      draft.member("reasoning_effort") { $0.string(level) }
      return true
    }
    guard let isWanted = value.bool else { throw wrongThink }
    draft.thinking(isWanted)
    return isWanted
  }

  private var wrongThink: APIFault {
    let expected = #"true, false, "low", "medium", "high" or "max""#
    return self["think"]?.kind == .string ? wrongValue("think", expected) : wrongType("think", expected)
  }

  fileprivate func writeFormat(to draft: inout ChatDraft) throws(APIFault) {
    guard let value = self["format"], value.string != "" else { return }
    let expected = #""json" or a JSON schema"#
    switch value.kind {
    case .object: draft.member("response_format") { $0.schemaFormat(name: "format", schema: value) }
    case .string:
      guard value.string == "json" else { throw wrongValue("format", expected) }
      draft.member("response_format") {
        $0.beginObject()
        $0.member("type", "json_object")
        $0.endObject()
      }
    default: throw wrongType("format", expected)
    }
  }

  fileprivate func writeLogprobs(to draft: inout ChatDraft) throws(APIFault) {
    let top = try integer("top_logprobs", in: 0...20) ?? 0
    guard try bool("logprobs") == true else { return }
    draft.member("logprobs") { $0.bool(true) }
    if top > 0 { draft.member("top_logprobs") { $0.integer(top) } }
  }
}
