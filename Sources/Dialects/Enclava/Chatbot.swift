/// A model with a task: what a configured chatbot is, and how it samples when a caller does not say.
public struct Chatbot: Sendable, Equatable {
  /// The name in paths: letters, digits, `-`, `_` and `.`.
  public var id: String
  /// The name for people.
  public var name = ""
  /// What kind of chatbot it is, in the operator's words.
  public var type = "assistant"
  /// What it is for.
  public var description = ""
  /// The model that it asks, as a caller could name it.
  public var model: String
  /// What every exchange begins with; nil for nothing.
  public var systemPrompt: String?
  /// How it samples.
  public var sampling = Sampling()
  /// How much it remembers of a conversation.
  public var history = History()
  /// Seconds since 1970; nil where nobody said.
  public var createdAt: Int?

  /// A chatbot with the defaults for everything else.
  public init(id: String, model: String) {
    self.id = id
    self.model = model
  }

  /// Members of a request that hold where the caller does not set them; nil leaves them to the router.
  public struct Sampling: Sendable, Equatable {
    /// Randomness, 0 to 2.
    public var temperature: Double?
    /// The share of likelihood to choose from, 0 to 1.
    public var topP: Double?
    /// The most tokens of an answer.
    public var maxTokens: Int?
    /// -2 to 2.
    public var presencePenalty: Double?
    /// -2 to 2.
    public var frequencyPenalty: Double?
    /// Texts at which an answer ends.
    public var stop: [String] = []

    /// Nothing set.
    public init() {}
  }

  /// Bounds on one conversation of the simple chat.
  public struct History: Sendable, Equatable {
    /// How many questions with their answers are remembered; 0 for none.
    public var turns = 20
    /// How many bytes they take together; older ones go first.
    public var byteCount = 256 << 10
    /// How long a conversation is remembered after its last answer.
    public var lifetime = Duration.seconds(3600)

    /// The defaults.
    public init() {}
  }
}
