/// What was said in one turn of a conversation, each text as the raw content of a JSON string.
public struct ConversationExchange: Sendable, Equatable {
  /// The caller's message.
  public let question: [UInt8]
  /// The model's answer.
  public let answer: [UInt8]

  /// A question with its answer.
  public init(question: [UInt8], answer: [UInt8]) {
    self.question = question
    self.answer = answer
  }

  /// What it counts for against the bounds.
  var byteCount: Int { question.count + answer.count }
}

/// One turn of a conversation, from the caller's message to the answer.
public struct ConversationTurn: Sendable, Equatable {
  /// The conversation.
  public let id: String
  /// Tells turns apart.
  let number: UInt64
  /// Whether the conversation begins with it.
  let isNew: Bool
  let caller: String
  /// What was said before and is remembered, oldest first.
  public let earlier: [ConversationExchange]
}

/// Where conversations are kept while the process runs: a ``ConversationBook`` with a lock and a clock.
public protocol ConversationKeeping: Sendable {
  /// As ``ConversationBook/begin(_:caller:conversation:at:)``.
  func begin(_ bot: Chatbot, caller: String, conversation: String?) throws(APIFault) -> ConversationTurn
  /// As ``ConversationBook/end(_:with:of:at:)``.
  func end(_ turn: ConversationTurn, with exchange: ConversationExchange?, of bot: Chatbot)
}

/// Holds a turn for as long as its exchange is under way, and gives it up when nobody waits for the
/// exchange any more: whatever way a request fails, its conversation does not stay busy.
final class ConversationHold: Sendable {
  let turn: ConversationTurn
  private let bot: Chatbot
  private let conversations: any ConversationKeeping

  init(
    _ bot: Chatbot, caller: String, conversation: String?, in conversations: any ConversationKeeping
  ) throws(APIFault) {
    self.bot = bot
    self.conversations = conversations
    turn = try conversations.begin(bot, caller: caller, conversation: conversation)
  }

  deinit { conversations.end(turn, with: nil, of: bot) }

  /// Adds what was said to the conversation.
  func remember(_ exchange: ConversationExchange) { conversations.end(turn, with: exchange, of: bot) }
}
