import Dialects

extension TableListGrammar<Chatbot> {
  /// The chatbots of `[[chatbots]]`.
  static let chatbots = TableListGrammar(members: members, blank: blank, identity: "id")

  private static let blank = Chatbot(id: "", model: "")

  private static let members: [TableMember<Chatbot>] = [
    TableMember(
      "id", \.id, .chatbotID, in: blank, isRequired: true,
      "The chatbot's name in paths: `/api/v1/chatbot/external/ID/chat`."),
    TableMember(
      "model", \.model, .modelName, in: blank, isRequired: true,
      "The model that it asks, or an alias; what a caller names does not count."),
    TableMember("name", \.name, .plainText, in: blank, "Its name for people; the id when there is none."),
    TableMember("type", \.type, .plainText, in: blank, "What kind it is, for those who list chatbots."),
    TableMember("description", \.description, .plainText, in: blank, "What it is for."),
    TableMember(
      "system_prompt", optional: \.systemPrompt, .prompt,
      "What it is told before each conversation, ahead of a caller's own system messages."),
    TableMember(
      "temperature", optional: \.sampling.temperature, .number(0...2),
      "How random its answers are. Here and below: a caller of `chat/completions` may set another value."),
    TableMember(
      "top_p", optional: \.sampling.topP, .number(0...1), "The share of likelihood that it chooses from."),
    TableMember(
      "max_tokens", optional: \.sampling.maxTokens, .integer(1...10_000_000),
      "The most tokens of an answer."),
    TableMember(
      "presence_penalty", optional: \.sampling.presencePenalty, .number(-2...2),
      "How much it avoids what was said at all."),
    TableMember(
      "frequency_penalty", optional: \.sampling.frequencyPenalty, .number(-2...2),
      "How much it avoids what was said often."),
    TableMember(
      "stop", \.sampling.stop, .list(of: .prompt, atMost: 4), in: blank, "Texts at which an answer ends."),
    TableMember(
      "history_turns", \.history.turns, .integer(0...1000), in: blank,
      "How many questions with their answers the simple chat remembers of a conversation; 0 for none."
    ),
    TableMember(
      "history_size", \.history.byteCount, .size(1 << 10, 10 << 20), in: blank,
      "How long these may be together; the oldest are forgotten first."),
    TableMember(
      "history_lifetime", \.history.lifetime, .duration(.seconds(60), .seconds(168 * 3600)), in: blank,
      "How long a conversation is remembered after its last answer; in memory only, never on disk."),
    TableMember(
      "created_at", optional: \.createdAt, .moment,
      "When it was made, for those who list chatbots; without it, when the daemon started."),
  ]
}

extension Grammar<String> {
  /// A name that stands in a path as it is.
  fileprivate static let chatbotID = Grammar.text(
    "word", allowed: "1 to 64 letters of ASCII, digits, - and _",
    read: { text throws(Rejection) in
      guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(\.isBareKeyByte) else {
        throw Rejection(problem: "\(text.shown) is not fit for a path")
      }
      return text
    },
    write: { $0 })

  /// A line of text.
  fileprivate static let plainText = Grammar.text(
    "string", allowed: "text without control characters",
    read: { text throws(Rejection) in
      guard text.oneLine.unicodeScalars.count == text.unicodeScalars.count else {
        throw Rejection(problem: "\(text.shown) has control characters")
      }
      return text
    },
    write: { $0 })

  /// Text of any number of lines for a model.
  fileprivate static let prompt = Grammar.text(
    "string", allowed: "text with something in it, without NUL",
    read: { text throws(Rejection) in
      guard !text.isEmpty, !text.utf8.contains(0) else {
        throw Rejection(problem: text.isEmpty ? "the text is empty" : "the text has a NUL character")
      }
      return text
    },
    write: { $0 })
}

extension Grammar<Int> {
  /// A moment in UTC as seconds since 1970.
  fileprivate static let moment = Grammar.text(
    "time", allowed: "a time in UTC between quotes, like \"2024-01-15T10:30:00Z\"",
    read: { text throws(Rejection) in
      guard let seconds = UTCTime.seconds(text) else {
        throw Rejection(problem: "\(text.shown) is no such time")
      }
      return seconds
    },
    write: { UTCTime.text($0) })
}

extension Grammar<Double> {
  /// A number within a range.
  fileprivate static func number(_ range: ClosedRange<Double>) -> Grammar {
    Grammar(
      type: "number", allowed: "\(Int(range.lowerBound)) to \(Int(range.upperBound))", shape: .string,
      readOne: { raw throws(Rejection) in
        let value: Double
        switch raw {
        case .integer(let number): value = Double(number)
        case .real(let number): value = number
        default: throw .expected("a number", raw)
        }
        guard range.contains(value) else { throw Rejection(problem: "\(value) is not allowed") }
        return value
      },
      write: { "\($0)" })
  }
}
