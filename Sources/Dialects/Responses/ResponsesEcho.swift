import JSONText

/// What a response object repeats of its request, written once, because a stream has the object several times.
struct ResponsesEcho: Sendable {
  /// The members with commas between them, without braces.
  let members: [UInt8]

  /// Takes over what the request says, after checking what nothing else has checked.
  init(_ request: RequestMembers, tools: ResponsesTools) throws(APIFault) {
    _ = try request.object("metadata")
    _ = try request.object("reasoning")
    _ = try request.integer("max_tool_calls", in: 0...Int.max)
    for name in ["truncation", "prompt_cache_key", "safety_identifier"] { _ = try request.string(name) }
    let text = try request.object("text")
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("background", false)
    for (name, otherwise) in Self.repeated {
      writer.name(name)
      if let value = request[name] { writer.value(value) } else { writer.raw(otherwise.utf8) }
    }
    writer.name("text")
    Self.writeText(text, to: &writer)
    writer.name("tools")
    writer.beginArray()
    // Without those that were left out: who looks sees which tools there are.
    for tool in tools.kept { writer.value(tool) }
    writer.endArray()
    members = Array(writer.bytes.dropFirst())
  }

  /// Members that are repeated as they are, and what they are when the request leaves them out.
  ///
  /// Sampling that the request leaves to the model is null here, since nobody says what the model uses.
  private static let repeated = [
    ("instructions", "null"), ("max_output_tokens", "null"), ("max_tool_calls", "null"), ("metadata", "{}"),
    ("parallel_tool_calls", "true"), ("previous_response_id", "null"), ("prompt_cache_key", "null"),
    ("reasoning", #"{"effort":null,"summary":null}"#), ("safety_identifier", "null"),
    ("temperature", "null"), ("tool_choice", #""auto""#), ("top_logprobs", "0"), ("top_p", "null"),
    ("truncation", #""disabled""#), ("user", "null"),
  ]

  private static func writeText(_ text: RequestMembers?, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("format")
    if let format = text?["format"] { writer.value(format) } else { writer.raw(#"{"type":"text"}"#.utf8) }
    if let verbosity = text?["verbosity"] { writer.member("verbosity", verbosity) }
    writer.endObject()
  }
}
