import JSONText

extension RequestMembers {
  /// Nobody can ask for more tokens than any model has.
  private static let tokenLimit = Int(Int32.max)

  /// Members of other servers of this dialect that chat completions have under the same name.
  private static let chatMembers = [
    "security_tier", "frequency_penalty", "presence_penalty", "repetition_penalty", "min_p", "seed",
    "logit_bias",
    "chat_template_kwargs",
  ]

  /// Copies what says how to sample and what form the answer has.
  func copySettings(to draft: inout ChatDraft) throws(APIFault) {
    guard let tokens = try integer("max_tokens", in: 1...Self.tokenLimit) else {
      throw missing("max_tokens", "a whole number from 1 on")
    }
    draft.member("max_tokens") { $0.integer(tokens) }
    _ = try number("temperature", in: 0...1)
    _ = try number("top_p", in: 0...1)
    _ = try integer("top_k", in: 0...Self.tokenLimit)
    for name in ["temperature", "top_p", "top_k"] + Self.chatMembers {
      if let value = self[name] { draft.member(name, value) }
    }
    try copyStopSequences(to: &draft)
    try copyOutputFormat(to: &draft)
  }

  private func copyStopSequences(to draft: inout ChatDraft) throws(APIFault) {
    guard let list = try list("stop_sequences"), let value = self["stop_sequences"] else { return }
    var count = 0
    for element in list {
      guard let content = element.stringContent, !content.isEmpty else {
        throw wrongType("stop_sequences[\(count)]", "a string with something in it")
      }
      count += 1
      guard count <= ChatParameters.stopLimit else {
        throw wrongType("stop_sequences", "a list of at most \(ChatParameters.stopLimit) strings")
      }
    }
    if count > 0 { draft.member("stop", value) }
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
      throw format.wrongType("type", "\"json_schema\"")
    }
    guard let schema = format["schema"], schema.kind == .object else {
      throw format.wrongType("schema", "an object")
    }
    draft.member("response_format") { writer in
      writer.beginObject()
      writer.member("type", "json_schema")
      writer.name("json_schema")
      writer.beginObject()
      writer.member("name", "answer")
      writer.member("schema", schema)
      writer.member("strict", true)
      writer.endObject()
      writer.endObject()
    }
  }

  /// How the model's thoughts are told.
  func thinkingDisplay() throws(APIFault) -> AnthropicEncoder.Thinking {
    guard let thinking = try object("thinking") else { return .shown }
    switch try thinking.requiredString("type") {
    case "disabled": return .left
    case "enabled", "adaptive": return try thinking.string("display") == "omitted" ? .omitted : .shown
    default: throw thinking.wrongType("type", "\"enabled\", \"adaptive\" or \"disabled\"")
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
