/// Anthropic's Messages.
public struct AnthropicMessages: Dialect {
  private let requestID: String?

  /// The dialect of one request.
  ///
  /// - Parameter requestID: Is said in the body of errors, as Anthropic does.
  public init(requestID: String? = nil) { self.requestID = requestID }

  /// Reads a request to `/v1/messages`.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    let isStream = try members.bool("stream") ?? false
    let thinking = try members.thinkingDisplay()
    var translation = try AnthropicTranslation(members, under: policy)
    try translation.copySettings()
    let chat = try ChatRequest(draft: translation.draft, under: policy)
    let encoder = AnthropicEncoder(
      model: chat.model, thinking: thinking, takesOneCall: translation.takesOneCall,
      inputTokens: translation.images.tokenEstimate(byteCount: chat.plaintext.count), requestID: requestID)
    return DecodedRequest(chat, isStream: isStream, encoder: encoder)
  }

  /// Anthropic's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { AnthropicError.body(of: fault, requestID: requestID) }
}

/// A request to Anthropic's Messages on its way to a chat request.
struct AnthropicTranslation {
  /// The chat request so far.
  private(set) var draft: ChatDraft
  /// Whether only the first tool call of an answer is given.
  let takesOneCall: Bool
  /// Which images there are.
  let images: AnthropicImages
  private let members: RequestMembers

  /// Reads what a request and a request to count its tokens have in common.
  init(_ members: RequestMembers, under policy: RequestPolicy) throws(APIFault) {
    self.members = members
    draft = ChatDraft(model: try members.model())
    try members.refuseHostedState()
    var conversation = AnthropicConversation(under: policy)
    try conversation.read(members, into: &draft)
    images = conversation.images
    let choice = try AnthropicToolChoice(members)
    try AnthropicTools(members, found: conversation.foundTools, choice: choice).write(choice, to: &draft)
    takesOneCall = choice.takesOneCall
  }

  /// Reads the members that say how to sample and what form the answer has.
  mutating func copySettings() throws(APIFault) { try members.copySettings(to: &draft) }
}
