import Testing

@testable import Dialects

@Suite struct ConversationBookTests {
  private static let bot = Chatbot(id: "b", model: "m")

  private func exchange(_ number: Int, byteCount: Int = 2) -> ConversationExchange {
    ConversationExchange(
      question: Array("q\(number)".utf8), answer: Array(repeating: UInt8(ascii: "a"), count: byteCount))
  }

  private func bot(turns: Int = 20, byteCount: Int = 1 << 20, lifetime: Duration = .seconds(100)) -> Chatbot {
    var bot = Self.bot
    bot.history.turns = turns
    bot.history.byteCount = byteCount
    bot.history.lifetime = lifetime
    return bot
  }

  /// One exchange that succeeds; its conversation.
  @discardableResult
  private func say(
    _ number: Int, in conversation: String? = nil, to bot: Chatbot = bot, as caller: String = "c",
    at second: Int = 0, byteCount: Int = 2, _ book: inout ConversationBook
  ) throws -> String {
    let turn = try book.begin(bot, caller: caller, conversation: conversation, at: .seconds(second))
    book.end(turn, with: exchange(number, byteCount: byteCount), of: bot, at: .seconds(second))
    return turn.id
  }

  private func earlier(
    _ id: String, of bot: Chatbot = bot, as caller: String = "c", at second: Int = 0,
    _ book: inout ConversationBook
  ) throws -> [String] {
    let turn = try book.begin(bot, caller: caller, conversation: id, at: .seconds(second))
    book.end(turn, with: nil, of: bot, at: .seconds(second))
    return turn.earlier.map { String(decoding: $0.question, as: UTF8.self) }
  }

  private func code(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? APIFault)?.code }
    return nil
  }

  @Test func `a conversation goes on where it was`() throws {
    var book = ConversationBook()
    let id = try say(1, &book)
    #expect(try say(2, in: id, &book) == id)
    #expect(try earlier(id, &book) == ["q1", "q2"])
  }

  @Test func `identifiers cannot be guessed and never come twice`() throws {
    var book = ConversationBook()
    let ids = try (0..<100).map { _ in
      try book.begin(Self.bot, caller: "c", conversation: nil, at: .zero).id
    }
    #expect(Set(ids).count == 100)
    #expect(ids.allSatisfy { $0.hasPrefix("conv_") && $0.utf8.count == 29 })
  }

  @Test func `nobody finds the conversation of another caller or another chatbot`() throws {
    var book = ConversationBook()
    let id = try say(1, &book)
    #expect(code { try say(2, in: id, as: "d", &book) } == "conversation_not_found")
    #expect(code { try say(2, in: id, to: Chatbot(id: "x", model: "m"), &book) } == "conversation_not_found")
    #expect(code { try say(2, in: "session_123", &book) } == "conversation_not_found")
    #expect(try earlier(id, &book) == ["q1"])
  }

  @Test func `a failed exchange leaves the conversation as it was, and a failed first one leaves none`()
    throws
  {
    var book = ConversationBook()
    let first = try book.begin(Self.bot, caller: "c", conversation: nil, at: .zero)
    book.end(first, with: nil, of: Self.bot, at: .zero)
    #expect(book.count == 0)
    #expect(code { try say(1, in: first.id, &book) } == "conversation_not_found")
    let id = try say(1, &book)
    let failed = try book.begin(Self.bot, caller: "c", conversation: id, at: .zero)
    book.end(failed, with: nil, of: Self.bot, at: .zero)
    #expect(try earlier(id, &book) == ["q1"])
  }

  @Test
  func `while an answer is awaited another message is refused, and a late end of another turn does nothing`()
    throws
  {
    var book = ConversationBook()
    let id = try say(1, &book)
    let turn = try book.begin(Self.bot, caller: "c", conversation: id, at: .zero)
    #expect(code { try say(2, in: id, &book) } == "conversation_busy")
    book.end(turn, with: exchange(2), of: Self.bot, at: .zero)
    let next = try book.begin(Self.bot, caller: "c", conversation: id, at: .zero)
    book.end(turn, with: nil, of: Self.bot, at: .zero)
    book.end(turn, with: exchange(9), of: Self.bot, at: .zero)
    #expect(code { try say(3, in: id, &book) } == "conversation_busy")
    book.end(next, with: exchange(3), of: Self.bot, at: .zero)
    #expect(try earlier(id, &book) == ["q1", "q2", "q3"])
  }

  @Test func `a first turn that is ended twice counts once`() throws {
    var book = ConversationBook()
    let turn = try book.begin(Self.bot, caller: "c", conversation: nil, at: .zero)
    book.end(turn, with: exchange(1), of: Self.bot, at: .zero)
    book.end(turn, with: exchange(1), of: Self.bot, at: .zero)
    book.end(turn, with: nil, of: Self.bot, at: .zero)
    #expect(try earlier(turn.id, &book) == ["q1"])
  }

  @Test func `only so many turns and so many bytes are remembered, the newest`() throws {
    var book = ConversationBook()
    let three = bot(turns: 3)
    let id = try say(1, to: three, &book)
    for number in 2...5 { try say(number, in: id, to: three, &book) }
    #expect(try earlier(id, of: three, &book) == ["q3", "q4", "q5"])
    let small = bot(byteCount: 50)
    let other = try say(1, to: small, byteCount: 18, &book)
    for number in 2...4 { try say(number, in: other, to: small, byteCount: 18, &book) }
    #expect(try earlier(other, of: small, &book) == ["q3", "q4"])
    try say(5, in: other, to: small, byteCount: 1000, &book)
    #expect(try earlier(other, of: small, &book) == [])
  }

  @Test func `a chatbot without history forgets at once but keeps the conversation's name`() throws {
    var book = ConversationBook()
    let none = bot(turns: 0)
    let id = try say(1, to: none, &book)
    #expect(try earlier(id, of: none, &book) == [])
    #expect(book.byteCount == 0)
  }

  @Test func `what is idle is forgotten, and each answer counts anew`() throws {
    var book = ConversationBook()
    let hundred = bot(lifetime: .seconds(100))
    let id = try say(1, to: hundred, at: 0, &book)
    try say(2, in: id, to: hundred, at: 99, &book)
    #expect(try earlier(id, of: hundred, at: 198, &book) == ["q1", "q2"])
    #expect(code { try say(3, in: id, to: hundred, at: 199, &book) } == "conversation_not_found")
    #expect(book.count == 0)
  }

  @Test func `a conversation is not forgotten while its answer is awaited`() throws {
    var book = ConversationBook()
    let hundred = bot(lifetime: .seconds(100))
    let id = try say(1, to: hundred, &book)
    let turn = try book.begin(hundred, caller: "c", conversation: id, at: .seconds(99))
    book.forgetIdle(at: .seconds(5000))
    book.end(turn, with: exchange(2), of: hundred, at: .seconds(5000))
    #expect(try earlier(id, of: hundred, at: 5001, &book) == ["q1", "q2"])
  }

  @Test func `a caller with too many conversations loses the one that was longest unused, and nobody else's`()
    throws
  {
    var limits = ConversationBook.Limits()
    limits.perCaller = 2
    var book = ConversationBook(limits: limits)
    let others = try say(1, as: "d", at: 0, &book)
    let first = try say(1, at: 1, &book)
    let second = try say(2, at: 2, &book)
    try say(3, in: first, at: 3, &book)
    let third = try say(4, at: 4, &book)
    #expect(code { _ = try earlier(second, at: 5, &book) } == "conversation_not_found")
    #expect(try earlier(first, at: 5, &book) == ["q1", "q3"])
    #expect(try earlier(third, at: 5, &book) == ["q4"])
    #expect(try earlier(others, as: "d", at: 5, &book) == ["q1"])
  }

  @Test func `all conversations together have bounds, and what is being answered stays`() throws {
    var limits = ConversationBook.Limits()
    limits.total = 2
    var book = ConversationBook(limits: limits)
    let first = try say(1, as: "1", at: 1, &book)
    let busy = try book.begin(Self.bot, caller: "1", conversation: first, at: .seconds(2))
    let second = try say(1, as: "2", at: 2, &book)
    let third = try say(1, as: "3", at: 3, &book)
    #expect(book.count == 2)
    book.end(busy, with: exchange(2), of: Self.bot, at: .seconds(4))
    #expect(code { _ = try earlier(second, as: "2", at: 5, &book) } == "conversation_not_found")
    #expect(try earlier(first, as: "1", at: 5, &book) == ["q1", "q2"])
    #expect(try earlier(third, as: "3", at: 5, &book) == ["q1"])

    limits = ConversationBook.Limits()
    limits.byteCount = 100
    var small = ConversationBook(limits: limits)
    for number in 0..<20 { try say(number, at: number, byteCount: 28, &small) }
    #expect(small.byteCount <= 100)
    #expect(small.count == 3)
  }
}
