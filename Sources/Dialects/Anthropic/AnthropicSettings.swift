import JSONText

extension RequestMembers {
  /// Members that are read here, or that are ignored because they change no answer.
  private static let own: Set<String> = [
    "model", "max_tokens", "messages", "system", "tools", "tool_choice", "temperature", "top_p", "top_k",
    "stop_sequences", "stream", "thinking", "output_config", "output_format", "n", "metadata",
    "cache_control", "diagnostics", "user_profile_id", "workspace_id", "service_tier", "speed",
    "billing_policy", "fallbacks", "betas", "anthropic_beta", "anthropic_version", "context_management",
    "mcp_servers", "container", "thread", "compaction", "inference_geo",
  ]

  /// Copies what says how to sample and what form the answer has.
  func copySettings(to draft: inout ChatDraft) throws(APIFault) {
    guard let tokens = try tokens("max_tokens") else {
      throw missing("max_tokens", "a whole number from 1 on")
    }
    draft.member("max_tokens") { $0.integer(tokens) }
    _ = try number("temperature", in: 0...1)
    _ = try number("top_p", in: 0...1)
    _ = try integer("top_k", in: 0...Int(Int32.max))
    // An answer of this dialect has one choice.
    _ = try integer("n", in: 1...1)
    for name in ["temperature", "top_p", "top_k"] {
      if let value = self[name] { draft.member(name, value) }
    }
    try copyStopSequences(to: &draft)
    try copyOutputFormat(to: &draft)
    if try thinkingDisplay() == .left, self["thinking"] != nil, self["chat_template_kwargs"] == nil {
      draft.thinking(false)
    }
    copyOthers(to: &draft)
  }

  /// Members that this dialect does not know go on as they are, for the chat step and the router to judge: callers reach
  /// a model's own settings so.
  private func copyOthers(to draft: inout ChatDraft) {
    for member in object.members
    where !member.value.isNull && !Self.own.contains(member.name) && !draft.has(member.name) {
      draft.member(member.name, member.value)
    }
  }

  private func copyStopSequences(to draft: inout ChatDraft) throws(APIFault) {
    guard let list = try list("stop_sequences"), let stops = try stops("stop_sequences") else { return }
    for (position, text) in list.enumerated() where text.stringContent?.isEmpty == true {
      throw wrongValue("stop_sequences[\(position)]", "a string with something in it")
    }
    draft.member("stop", stops)
  }

  /// `output_config.format`, which was `output_format` at first.
  private func copyOutputFormat(to draft: inout ChatDraft) throws(APIFault) {
    let config = try object("output_config")
    let old = try object("output_format")
    let new = try config?.object("format")
    if old != nil, new != nil {
      throw unsupported("output_format", "'output_config.format' is there too. Send that one only.")
    }
    guard let format = new ?? old else { return }
    guard try format.requiredString("type") == "json_schema" else {
      throw format.wrongValue("type", "\"json_schema\"")
    }
    guard let schema = format["schema"], schema.kind == .object else {
      throw format.wrongType("schema", "an object")
    }
    draft.member("response_format") { $0.schemaFormat(name: "answer", schema: schema, strict: true) }
  }

  /// How the model's thoughts are told: Anthropic sends them only where a request asks for them.
  func thinkingDisplay() throws(APIFault) -> AnthropicEncoder.Thinking {
    guard let thinking = try object("thinking") else { return .left }
    switch try thinking.requiredString("type") {
    case "disabled": return .left
    case "enabled", "adaptive": return try thinking.string("display") == "omitted" ? .omitted : .shown
    default: throw thinking.wrongValue("type", "\"enabled\", \"adaptive\" or \"disabled\"")
    }
  }

  /// Refuses what needs something that only Anthropic's own servers have.
  func refuseHostedState() throws(APIFault) {
    if let servers = try list("mcp_servers"), servers.contains(where: { _ in true }) {
      throw unsupported(
        "mcp_servers",
        "nothing here calls MCP servers. Let your own tool call them and send their tools in 'tools'.")
    }
    let hosted = [
      ("container", "nothing here runs code in containers. Leave it out."),
      ("thread", "no conversation is kept here. Send all messages with each request."),
      ("compaction", "no conversation is summarized here. Ask for the summary in a message."),
    ]
    for (name, reason) in hosted where self[name] != nil { throw unsupported(name, reason) }
    if let place = try string("inference_geo"), place != "global" {
      throw unsupported("inference_geo", "where the router computes cannot be chosen here. Leave it out.")
    }
  }
}
