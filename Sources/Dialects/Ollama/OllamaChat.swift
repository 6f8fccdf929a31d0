import JSONText

/// Ollama's chat, `POST /api/chat`.
///
/// A request without messages asks to load a model; ``OllamaLoad/chat(_:at:)`` answers it, before `decode`.
public struct OllamaChat: Dialect {
  /// The dialect has no settings of its own.
  public init() {}

  /// Reads a chat request.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    var request = try OllamaRequest(members, form: .chat)
    guard let messages = try members.list("messages") else {
      throw members.missing("messages", "a list of messages")
    }
    var conversation = OllamaConversation()
    var count = 0
    for message in messages {
      let place = "messages[\(count)]"
      try conversation.append(
        try members.members(message, at: place), to: &request.draft, under: policy)
      count += 1
    }
    guard count > 0 else { throw members.wrongValue("messages", "a list with at least one message") }
    try request.addTools(of: members)
    return try request.decoded(under: policy)
  }

  /// Ollama's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OllamaError.body(of: fault) }
}

/// The error object that all of Ollama's routes share.
public enum OllamaError {
  /// `{"error":"text"}`.
  public static func body(of fault: APIFault) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("error", fault.message)
    writer.endObject()
    return writer.bytes
  }
}
