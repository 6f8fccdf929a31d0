/// One chat request in the form in which it is sealed, with what the answer's encoding depends on.
public struct ChatRequest: Sendable {
  /// The JSON object to seal.
  public let plaintext: [UInt8]
  /// The model as the caller named it.
  public let model: String
  /// The model that the router is asked for.
  public let routerModel: String
  /// The tier that the body asked for, one of the names of PROTOCOL.md section 6.
  public let securityTier: String?
  /// Whether the caller wants events.
  public let isStream: Bool
  /// Whether the stream ends with a usage event.
  public let includesUsage: Bool
  /// How many choices were asked for.
  public let choiceCount: Int

  /// A request with all its parts.
  public init(
    plaintext: [UInt8], model: String, routerModel: String, securityTier: String?, isStream: Bool,
    includesUsage: Bool, choiceCount: Int
  ) {
    self.plaintext = plaintext
    self.model = model
    self.routerModel = routerModel
    self.securityTier = securityTier
    self.isStream = isStream
    self.includesUsage = includesUsage
    self.choiceCount = choiceCount
  }
}
