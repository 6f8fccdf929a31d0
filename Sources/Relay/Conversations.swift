import Dialects
import Platform

/// The conversations with chatbots that this process remembers, for all callers.
///
/// They are in memory only: the end of the process is the end of them, and freed memory is overwritten.
final class Conversations: ConversationKeeping {
  private let book: Locked<ConversationBook>
  private let uptime: @Sendable () -> Duration

  init(
    limits: ConversationBook.Limits = ConversationBook.Limits(), uptime: @escaping @Sendable () -> Duration
  ) {
    book = Locked(ConversationBook(limits: limits))
    self.uptime = uptime
  }

  func begin(_ bot: Chatbot, caller: String, conversation: String?) throws(APIFault) -> ConversationTurn {
    let now = uptime()
    return try book.withLock { book throws(APIFault) in
      try book.begin(bot, caller: caller, conversation: conversation, at: now)
    }
  }

  func end(_ turn: ConversationTurn, with exchange: ConversationExchange?, of bot: Chatbot) {
    let now = uptime()
    book.withLock { $0.end(turn, with: exchange, of: bot, at: now) }
  }

  /// Forgets what is idle for too long, where nobody calls for a while.
  func forgetIdle() {
    let now = uptime()
    book.withLock { $0.forgetIdle(at: now) }
  }
}
