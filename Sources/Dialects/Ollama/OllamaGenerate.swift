import JSONText

/// Ollama's completion of one prompt, `POST /api/generate`.
///
/// The router knows only chats, so the prompt becomes a user's message; what would bypass the model's chat template
/// is refused. A request without a prompt asks to load a model; ``OllamaLoad/generate(_:at:)`` answers it, before
/// `decode`.
public struct OllamaGenerate: Dialect {
  private let models: [Model]

  /// The dialect for one request.
  ///
  /// - Parameter models: What can be asked for, if that is at hand, so that names are found as ``OllamaModels``
  ///   lists them.
  public init(models: [Model] = []) { self.models = models }

  /// Reads a request to complete a prompt.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    var request = try OllamaRequest(members, form: .generate, models: models, under: policy)
    try members.refuseWhatBypassesChat()
    if let system = try members.content("system"), !system.isEmpty {
      request.draft.message("system") { $0.member("content", content: system) }
    }
    let prompt = try members.content("prompt") ?? []
    let images = try members.images()
    guard !prompt.isEmpty || !images.isEmpty else {
      throw members.missing("prompt", "a string with something in it")
    }
    request.draft.message("user") { $0.content(prompt, images) }
    return try request.decoded(under: policy)
  }

  /// Ollama's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OllamaError.body(of: fault) }
}

extension RequestMembers {
  fileprivate func refuseWhatBypassesChat() throws(APIFault) {
    if let suffix = try content("suffix"), !suffix.isEmpty {
      throw unsupported("suffix", "the router completes chats, and cannot fill in the middle of a text.")
    }
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
