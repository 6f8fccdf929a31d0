import JSONText

/// The members at the root of a Responses request that are neither conversation nor tools.
struct ResponsesRequest {
  private let members: RequestMembers

  init(_ members: RequestMembers) { self.members = members }

  /// Refuses what only a server that remembers could honour: ignored, it would give wrong answers.
  func refuseState() throws(APIFault) {
    for name in ["previous_response_id", "conversation"] where members[name] != nil {
      throw members.unsupported(
        name,
        "nothing is kept between requests. Send the whole history in 'input' instead, with 'store': false.")
    }
    if try members.bool("background") == true {
      throw members.unsupported(
        "background",
        "nothing is kept that could be fetched later. Leave it out and use 'stream': true for long answers.")
    }
    if members["prompt"] != nil {
      throw members.unsupported(
        "prompt",
        "prompt templates are stored at OpenAI. Send their text in 'instructions' and 'input' instead.")
    }
    if members["moderation"] != nil {
      throw members.unsupported("moderation", "the router has no moderation. Leave it out.")
    }
    for name in ["messages", "functions", "function_call"] where members[name] != nil {
      throw members.unsupported(
        name, "it belongs to chat completions; here it is '\(name == "messages" ? "input" : "tools")'.")
    }
    _ = try members.integer("n", in: 1...1)
  }

  /// Whether token probabilities are asked for, in either of the two ways there are.
  func wantsLogprobs() throws(APIFault) -> Bool {
    let count = try members.integer("top_logprobs", in: 0...20) ?? 0
    var isIncluded = false
    if let include = try members.list("include") {
      for value in include {
        guard let name = value.string else { throw members.wrongType("include", "a list of strings") }
        if name == "message.output_text.logprobs" { isIncluded = true }
      }
    }
    return isIncluded || count > 0
  }

  /// Numbers keep their spelling; they are only checked.
  func writeSampling(logprobs: Bool, to draft: inout ChatDraft) throws(APIFault) {
    if try members.number("temperature", in: 0...2) != nil { copy("temperature", to: &draft) }
    if try members.number("top_p", in: 0...1) != nil { copy("top_p", to: &draft) }
    if let count = try members.tokens("max_output_tokens") {
      draft.member("max_tokens") { $0.integer(count) }
    }
    if logprobs { draft.member("logprobs") { $0.bool(true) } }
    if logprobs { copy("top_logprobs", to: &draft) }
    // True is what models do anyway; false is asked for, and seen to when the answer is there.
    if try members.bool("parallel_tool_calls") == false {
      draft.member("parallel_tool_calls") { $0.bool(false) }
    }
    if try members.string("user") != nil { copy("user", to: &draft) }
    if try members.string("security_tier") != nil { copy("security_tier", to: &draft) }
  }

  /// `text.format` in the form that chat completions have for it.
  func writeFormat(to draft: inout ChatDraft) throws(APIFault) {
    guard let format = try members.object("text")?.object("format") else { return }
    switch try format.requiredString("type") {
    case "text": return
    case "json_object":
      draft.member("response_format") { writer in
        writer.beginObject()
        writer.member("type", "json_object")
        writer.endObject()
      }
    case "json_schema":
      let name = try format.requiredString("name")
      guard let schema = format["schema"] else { throw format.missing("schema", "an object") }
      guard schema.kind == .object else { throw format.wrongType("schema", "an object") }
      let description = try format.content("description")
      let strict = try format.bool("strict")
      draft.member("response_format") {
        $0.schemaFormat(name: name, description: description, schema: schema, strict: strict)
      }
    default: throw format.wrongValue("type", "text, json_object or json_schema")
    }
  }

  /// Members that this dialect does not know go on as they are: callers reach a model's own settings so.
  func writeOthers(to draft: inout ChatDraft) {
    for member in members.object.members
    where !member.value.isNull && !Self.known.contains(member.name) && !isReplaced(member.name) {
      draft.member(member.name, member.value)
    }
  }

  /// Whether a member of chat completions stands beside its name in this dialect, which then counts.
  private func isReplaced(_ name: String) -> Bool {
    switch name {
    case "max_tokens", "max_completion_tokens": members["max_output_tokens"] != nil
    // What the format does not write is written by nobody else.
    case "response_format": members["text"] != nil
    case "logprobs": true
    default: false
    }
  }

  private func copy(_ name: String, to draft: inout ChatDraft) {
    if let value = members[name] { draft.member(name, value) }
  }

  /// Members that are translated, or that are ignored because they change no answer.
  private static let known: Set<String> = [
    "model", "input", "instructions", "tools", "tool_choice", "text", "temperature", "top_p",
    "max_output_tokens", "parallel_tool_calls", "top_logprobs", "user", "security_tier", "stream", "n",
    "stream_options", "include", "reasoning", "store", "metadata", "truncation", "service_tier",
    "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "client_metadata",
    "safety_identifier", "max_tool_calls", "context_management", "background", "previous_response_id",
    "conversation", "prompt", "moderation", "messages", "functions", "function_call",
  ]
}
