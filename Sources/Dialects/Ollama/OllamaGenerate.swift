import JSONText

/// Ollama's completion of one prompt, `POST /api/generate`.
///
/// The router knows only chats, so the prompt becomes a user's message, and with a `suffix` the model is asked for the
/// text between the two (``FillInTheMiddle``); what would bypass the model's chat template is refused. A request without a prompt asks to load a model; ``OllamaLoad/generate(_:at:)`` answers it, before
/// `decode`.
public struct OllamaGenerate: Dialect {
  /// The dialect has no settings of its own.
  public init() {}

  /// Reads a request to complete a prompt.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    let suffix = try members.content("suffix").flatMap { $0.isEmpty ? nil : $0 }
    var request = try OllamaRequest(members, form: .generate, isFilling: suffix != nil)
    try members.refuseWhatBypassesChat()
    if let system = try members.content("system"), !system.isEmpty {
      request.draft.message("system") { $0.member("content", content: system) }
    }
    let prompt = try members.content("prompt") ?? []
    let images = try members.images(under: policy)
    guard !prompt.isEmpty || !images.isEmpty else {
      throw members.missing("prompt", "a string with something in it")
    }
    if let suffix {
      try members.refuseBesideSuffix(images)
      FillInTheMiddle.ask(prompt, suffix, in: &request.draft)
    } else {
      request.draft.message("user") { $0.content(prompt, images) }
    }
    return try request.decoded(under: policy)
  }

  /// Ollama's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OllamaError.body(of: fault) }
}

extension RequestMembers {
  fileprivate func refuseBesideSuffix(_ images: [OllamaImage]) throws(APIFault) {
    guard images.isEmpty else { throw unsupported("images", "a gap in a text is filled from text only.") }
    guard try bool("logprobs") != true else { throw FillInTheMiddle.noLogprobs(self) }
  }

  fileprivate func refuseWhatBypassesChat() throws(APIFault) {
    if let template = try content("template"), !template.isEmpty {
      throw unsupported("template", "the router always applies the model's own template.")
    }
    if try bool("raw") == true {
      throw unsupported("raw", "the router always applies the model's own template.")
    }
    if let context = try list("context"), context.first(where: { _ in true }) != nil {
      throw unsupported(
        "context", "it is a conversation in the tokens of another server. Send the conversation to /api/chat."
      )
    }
  }
}
