import JSONText

/// The checks of a request's members that are neither messages nor tools.
enum ChatParameters {
  /// The members that the router's documentation names (PROTOCOL.md section 4).
  static let documented: Set<String> = [
    "model", "messages", "temperature", "max_tokens", "top_p", "stop", "presence_penalty",
    "frequency_penalty", "n",
    "best_of", "seed", "logit_bias", "user", "tools", "tool_choice", "response_format",
  ]

  /// OpenAI's bound on `stop`.
  static let stopLimit = 4

  /// Nobody can ask for more tokens than any model has, and servers keep the number in 32 bits.
  static let tokenRange = 1...Int(Int32.max)

  /// Refuses what has a wrong type or is out of the ranges that OpenAI documents, so that the error names it.
  ///
  /// Members that are not known here are the router's to judge.
  static func check(_ request: RequestMembers) throws(APIFault) {
    for member in request.object.members where !member.value.isNull {
      try check(member.name, member.value, request)
    }
  }

  private static func check(
    _ name: String, _ value: JSONValue, _ request: RequestMembers
  ) throws(APIFault) {
    switch name {
    case "temperature": _ = try request.number(name, in: 0...2)
    case "top_p": _ = try request.number(name, in: 0...1)
    case "presence_penalty", "frequency_penalty": _ = try request.number(name, in: -2...2)
    case "n", "best_of": _ = try request.integer(name, in: 1...ChatAnswer.choiceLimit)
    case "max_tokens", "max_completion_tokens": if !isUnlimited(value) { _ = try request.tokens(name) }
    case "seed": guard value.kind == .number else { throw request.wrongType(name, "a number") }
    case "user", "security_tier": _ = try request.string(name)
    case "logit_bias": guard value.kind == .object else { throw request.wrongType(name, "an object") }
    case "logprobs": _ = try request.bool(name)
    case "top_logprobs": _ = try request.integer(name, in: 0...Int.max)
    case "stop": _ = try request.stops(name)
    case "response_format": try checkFormat(request)
    case "modalities": try checkModalities(request)
    case "audio": throw request.unsupported(name, "answers are text. Leave it out.")
    default: break
    }
  }

  /// No limit, as local servers have it said: LM Studio's -1, Ollama's -2 for as much as fits.
  static func isUnlimited(_ value: JSONValue) -> Bool { value.integer == -1 || value.integer == -2 }

  private static func checkFormat(_ request: RequestMembers) throws(APIFault) {
    guard let format = try request.object("response_format") else { return }
    let type = try format.requiredString("type")
    // The last is vLLM's.
    guard ["text", "json_object", "json_schema", "structural_tag"].contains(type) else {
      throw format.wrongValue("type", "text, json_object, json_schema or structural_tag")
    }
    // llama.cpp has the schema without a wrapping too.
    guard type == "json_schema", try format.object("schema") == nil else { return }
    guard try format.object("json_schema") != nil else { throw format.missing("json_schema", "an object") }
  }

  /// Whether a format says no more than that there is none.
  static func isTextFormat(_ value: JSONValue) -> Bool {
    (try? value.object()).flatMap { $0["type"]?.string } == "text"
  }

  private static func checkModalities(_ request: RequestMembers) throws(APIFault) {
    guard let modalities = try request.list("modalities") else { return }
    for modality in modalities where modality.string != "text" {
      throw request.unsupported("modalities", "answers are text. Ask for [\"text\"], or leave it out.")
    }
  }
}
