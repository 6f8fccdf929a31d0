import JSONText

/// OpenAI's Responses, for callers who send the whole history with every request: this side keeps nothing.
public struct OpenAIResponses: Dialect {
  /// The dialect has no settings of its own.
  public init() {}

  /// Reads a request of `POST /v1/responses`.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    let request = ResponsesRequest(members)
    try request.refuseState()
    var tools = try ResponsesTools(members.list("tools"), of: members)
    var conversation = ResponsesConversation(model: try members.model(), policy: policy)
    try conversation.read(members, declaring: &tools)
    var draft = conversation.draft
    let choice = try ResponsesToolChoice(members, among: tools)
    choice.write(tools, to: &draft)
    let logprobs = try request.wantsLogprobs()
    try request.writeSampling(logprobs: logprobs, to: &draft)
    try request.writeFormat(to: &draft)
    request.writeOthers(to: &draft)
    let echo = try ResponsesEcho(members, tools: tools)
    let isStream = try members.bool("stream") ?? false
    let chat = try ChatRequest(draft: draft, under: policy)
    return DecodedRequest(
      chat, isStream: isStream,
      encoder: ResponsesEncoder(
        model: chat.model, echo: echo, tools: tools.names, callForm: chat.callForm, logprobs: logprobs))
  }

  /// OpenAI's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }
}
