public import Dialects
public import Envelope
public import Listener
public import Platform
public import Tokens

/// What the configuration says about exchanges.
public struct RelayConfiguration: Sendable {
  /// The router's key; without one the caller's is passed on, unless there are local tokens.
  public var apiKey: Secret?
  /// The local tokens, of which every caller has to bring one; nil asks for none.
  public var tokens: TokenList?
  /// The tier to ask for when a request names none.
  public var securityTier: SecurityTier?
  /// The most bytes that a request body may have.
  public var requestLimit: Int
  /// The most bytes that decompressed bodies may have together.
  public var bodiesLimit: Int
  /// The most exchanges at once.
  public var inFlightLimit: Int
  /// The most exchanges at once under one local token; 0 for no limit of its own.
  public var inFlightPerToken: Int
  /// How long one exchange may take, retries included.
  public var responseTimeout: Duration
  /// When waiting callers are told something.
  public var pacing: ReplyPacing
  /// What happens to requests before they are sealed.
  public var policy: RequestPolicy
  /// Who may talk to the daemon.
  public var access: AccessPolicy
  /// The chatbots that there are.
  public var chatbots: [Chatbot]
  /// The way to the embedder, if there is one.
  public var embedder: EmbeddingsRelay?

  /// A configuration with all its parts.
  public init(
    apiKey: Secret?, tokens: TokenList? = nil, securityTier: SecurityTier?, requestLimit: Int,
    bodiesLimit: Int = 256 << 20,
    inFlightLimit: Int, inFlightPerToken: Int = 0, responseTimeout: Duration,
    pacing: ReplyPacing, policy: RequestPolicy, access: AccessPolicy,
    chatbots: [Chatbot] = [], embedder: EmbeddingsRelay? = nil
  ) {
    self.apiKey = apiKey
    self.tokens = tokens
    self.securityTier = securityTier
    self.requestLimit = requestLimit
    self.bodiesLimit = bodiesLimit
    self.inFlightLimit = inFlightLimit
    self.inFlightPerToken = inFlightPerToken
    self.responseTimeout = responseTimeout
    self.pacing = pacing
    self.policy = policy
    self.access = access
    self.chatbots = chatbots
    self.embedder = embedder
  }
}
