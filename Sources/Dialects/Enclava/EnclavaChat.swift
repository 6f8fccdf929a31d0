import JSONText

/// Enclava's simple chat with a chatbot: a message there, a response back, and the conversation remembered
/// here.
public struct EnclavaChat: Dialect {
  private let bot: Chatbot
  private let caller: String
  private let conversations: any ConversationKeeping

  /// The chat of one caller with one chatbot.
  ///
  /// - Parameter caller: Tells callers apart; conversations of one are not found by another.
  public init(bot: Chatbot, caller: String, conversations: any ConversationKeeping) {
    self.bot = bot
    self.caller = caller
    self.conversations = conversations
  }

  /// Reads `{"message", "conversation_id"?}` and takes the conversation's turn.
  public func decode(_ body: [UInt8], under policy: RequestPolicy) throws(APIFault) -> DecodedRequest {
    let (_, members) = try RequestMembers.reading(body)
    try members.refuseWhatSimpleChatHasNot()
    let question = try members.requiredContent("message")
    guard !question.isEmpty else { throw members.wrongValue("message", "a string with something in it") }
    let conversation = try members.string("conversation_id").flatMap { $0.isEmpty ? nil : $0 }
    let hold = try ConversationHold(bot, caller: caller, conversation: conversation, in: conversations)
    let chat = try ChatRequest(
      draft: draft(question, after: hold.turn.earlier, tier: members["security_tier"]), under: policy)
    return DecodedRequest(
      chat, isStream: false, encoder: EnclavaChatEncoder(question: Array(question), hold: hold))
  }

  /// OpenAI's error object, as on all of Enclava's routes.
  public func encode(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }

  private func draft(
    _ question: ArraySlice<UInt8>, after earlier: [ConversationExchange], tier: JSONValue?
  ) -> ChatDraft {
    var draft = ChatDraft(model: bot.model)
    for (name, text) in bot.sampling.members { draft.member(name) { $0.raw(text) } }
    if let tier { draft.member("security_tier", tier) }
    if let prompt = bot.systemPrompt { draft.message("system") { $0.member("content", prompt) } }
    func message(_ role: String, _ content: some Collection<UInt8>) {
      draft.message(role) {
        $0.name("content")
        $0.stringContent(content)
      }
    }
    for exchange in earlier {
      message("user", exchange.question)
      message("assistant", exchange.answer)
    }
    message("user", question)
    return draft
  }
}

extension RequestMembers {
  /// Members that change nothing here: the chatbot has its model, and who asks is the key's business.
  private static let ignored: Set<String> = ["model", "user", "user_id", "metadata"]

  fileprivate func refuseWhatSimpleChatHasNot() throws(APIFault) {
    if try bool("stream") ?? false {
      throw unsupported(
        "stream", "the simple chat answers whole. Stream from the chatbot's /chat/completions instead.")
    }
    let known: Set = ["message", "conversation_id", "stream", "security_tier"]
    for member in object.members where !member.value.isNull {
      guard !known.contains(member.name), !Self.ignored.contains(member.name) else { continue }
      let name = ForeignText(member.name).text
      throw unsupported(
        name,
        "the simple chat takes 'message' and 'conversation_id'. The chatbot's /chat/completions takes more.")
    }
  }
}

/// Writes answers of the simple chat, and remembers them.
struct EnclavaChatEncoder: AnswerEncoder {
  let question: [UInt8]
  let hold: ConversationHold

  /// `{"conversation_id", "response", "timestamp"}`.
  ///
  /// - Throws: where the model gave no text: an empty response would look like an answer.
  func encode(_ answer: ChatAnswer, at time: AnswerTime) throws(APIFault) -> [UInt8] {
    let choice = answer.choices[0]
    guard let response = choice.content ?? choice.refusal else { throw Self.noText(choice.finish) }
    hold.remember(ConversationExchange(question: question, answer: Array(response)))
    var writer = JSONWriter(reservingCapacity: response.count + 128)
    writer.beginObject()
    writer.member("conversation_id", hold.turn.id)
    writer.name("response")
    writer.stringContent(response)
    writer.member("timestamp", UTCTime.text(time.seconds))
    writer.endObject()
    return writer.bytes
  }

  /// Why there is no response in an answer; nothing is remembered by asking.
  func refusal(of answer: ChatAnswer) -> APIFault? {
    let choice = answer.choices[0]
    guard choice.content == nil, choice.refusal == nil else { return nil }
    return Self.noText(choice.finish)
  }

  /// Nobody can ask for a stream; if one is asked for all the same, it is the whole answer.
  func stream(at _: Int) -> any AnswerStream { WholeAnswerStream(encoder: self) }

  private static func noText(_ finish: FinishReason) -> APIFault {
    let reason =
      switch finish {
      case .toolCalls: "The model called a tool instead of answering."
      case .length: "The model was cut off before it had answered; the chatbot's max_tokens may be too low."
      case .contentFilter: "The answer was held back by a content filter."
      case .stop, .other: "The model gave an empty answer."
      }
    return APIFault(
      status: 502, type: "server_error", code: "upstream_answer",
      message: "\(reason) The message was not added to the conversation.", shouldRetry: false)
  }
}
