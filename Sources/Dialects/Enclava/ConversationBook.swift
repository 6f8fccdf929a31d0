/// The conversations with chatbots, as far as they are remembered: the rules without a lock and without a
/// clock.
///
/// A conversation belongs to one caller and one chatbot; nobody else finds it. While one exchange of a
/// conversation is under way, another is refused, because each would lack the other's answer.
public struct ConversationBook: Sendable {
  /// Bounds on all conversations together; those of one are ``Chatbot/History``.
  public struct Limits: Sendable, Equatable {
    /// The most conversations of one caller.
    public var perCaller = 128
    /// The most conversations of all callers.
    public var total = 1024
    /// The most bytes of all conversations.
    public var byteCount = 64 << 20

    /// The defaults.
    public init() {}
  }

  fileprivate struct Entry {
    let caller: String
    let bot: String
    var exchanges: [ConversationExchange] = []
    var byteCount = 0
    /// When it was last answered.
    var lastUse: Duration
    var lifetime: Duration
    /// The turn that is under way.
    var turn: UInt64?
  }

  private let limits: Limits
  private var entries: [String: Entry] = [:]
  private var turns: UInt64 = 0

  /// A book without conversations.
  public init(limits: Limits = Limits()) { self.limits = limits }

  /// How many conversations are remembered.
  public var count: Int { entries.count }

  /// How many bytes of text they hold.
  public var byteCount: Int { entries.values.reduce(0) { $0 + $1.byteCount } }

  /// Begins an exchange, which ``end(_:with:of:at:)`` ends.
  ///
  /// - Parameters:
  ///   - conversation: The one to go on with; nil begins another.
  ///   - now: The time since any fixed moment.
  /// - Throws: status 404 for a conversation that is unknown, forgotten or somebody else's, 409 for one
  ///   that is busy.
  public mutating func begin(
    _ bot: Chatbot, caller: String, conversation: String?, at now: Duration
  ) throws(APIFault) -> ConversationTurn {
    forgetIdle(at: now)
    turns += 1
    guard let conversation else {
      return ConversationTurn(
        id: "conv_" + randomIdentifier(), number: turns, isNew: true, caller: caller, earlier: [])
    }
    guard let entry = entries[conversation], entry.caller == caller, entry.bot == bot.id else {
      throw .conversationNotFound
    }
    guard entry.turn == nil else { throw .conversationBusy }
    entries[conversation]?.turn = turns
    return ConversationTurn(
      id: conversation, number: turns, isNew: false, caller: caller, earlier: entry.exchanges)
  }

  /// Ends an exchange, once; later calls for the same turn do nothing.
  ///
  /// - Parameter exchange: What was said; nil after a failure, which leaves the conversation as it was.
  public mutating func end(
    _ turn: ConversationTurn, with exchange: ConversationExchange?, of bot: Chatbot, at now: Duration
  ) {
    if turn.isNew {
      guard exchange != nil, entries[turn.id] == nil else { return }
      entries[turn.id] = Entry(
        caller: turn.caller, bot: bot.id, lastUse: now, lifetime: bot.history.lifetime, turn: turn.number)
    }
    guard var entry = entries[turn.id], entry.turn == turn.number else { return }
    entry.turn = nil
    if let exchange {
      entry.lastUse = now
      entry.lifetime = bot.history.lifetime
      entry.remember(exchange, within: bot.history)
    }
    entries[turn.id] = entry
    makeRoom(for: turn)
  }

  /// Forgets what nobody has gone on with for too long.
  public mutating func forgetIdle(at now: Duration) {
    entries = entries.filter { $0.value.turn != nil || now - $0.value.lastUse < $0.value.lifetime }
  }

  /// Forgets the conversations that were longest unused, first the same caller's, until the bounds hold.
  ///
  /// The one that was just answered stays, and so do those that are being answered.
  private mutating func makeRoom(for turn: ConversationTurn) {
    let own = entries.count { $0.value.caller == turn.caller }
    if own > limits.perCaller { forgetOldest(but: turn.id) { $0.caller == turn.caller } }
    while entries.count > limits.total || byteCount > limits.byteCount {
      guard forgetOldest(but: turn.id, where: { _ in true }) else { return }
    }
  }

  @discardableResult
  private mutating func forgetOldest(but id: String, where isConcerned: (Entry) -> Bool) -> Bool {
    let oldest = entries.filter { $0.key != id && $0.value.turn == nil && isConcerned($0.value) }
      .min { $0.value.lastUse < $1.value.lastUse }
    guard let oldest else { return false }
    entries[oldest.key] = nil
    return true
  }
}

extension ConversationBook.Entry {
  fileprivate mutating func remember(_ exchange: ConversationExchange, within bounds: Chatbot.History) {
    exchanges.append(exchange)
    byteCount += exchange.byteCount
    while let first = exchanges.first, exchanges.count > bounds.turns || byteCount > bounds.byteCount {
      exchanges.removeFirst()
      byteCount -= first.byteCount
    }
  }
}

extension APIFault {
  fileprivate static let conversationNotFound = APIFault(
    status: 404, type: "invalid_request_error", code: "conversation_not_found",
    message:
      "There is no such conversation: it was forgotten, or is not with this chatbot, or not yours. Leave "
      + "'conversation_id' out to begin another.", parameter: "conversation_id")

  fileprivate static let conversationBusy = APIFault(
    status: 409, type: "invalid_request_error", code: "conversation_busy",
    message:
      "This conversation still waits for the answer to an earlier message. Send the next one after it.",
    parameter: "conversation_id", retryAfter: .seconds(1))
}
