/// What the configuration says about requests, whatever their dialect.
public struct RequestPolicy: Sendable {
  /// Which members that identify somebody are taken out before sealing.
  public enum StripIdentifiers: String, Sendable, CaseIterable {
    /// None.
    case none
    /// Those that identify an account or a session.
    case account
    /// `user` as well.
    case all
  }

  /// What happens to members that the router's documentation does not name.
  public enum UndocumentedMembers: String, Sendable, CaseIterable {
    /// They are sent, and left out once a router has refused them.
    case auto
    /// They are sent.
    case pass
    /// They are left out.
    case minimal
  }

  /// Whether messages are brought into the form that chat templates need.
  public enum MessageRepairs: String, Sendable, CaseIterable {
    /// They are.
    case auto
    /// They are passed on as they came.
    case pass
  }

  /// What happens to images that are only named by a remote address.
  public enum RemoteImages: String, Sendable, CaseIterable {
    /// The request is refused: the router's host would fetch the image in the clear.
    case refuse
    /// The address is passed on.
    case pass
  }

  /// Which identifying members go.
  public var stripIdentifiers: StripIdentifiers
  /// What happens to undocumented members.
  public var members: UndocumentedMembers
  /// Whether messages are mended.
  public var messages: MessageRepairs
  /// What happens to remote images.
  public var remoteImages: RemoteImages
  /// Local model names and the router's.
  public var aliases: [String: String]
  /// The router's models, as far as they are known.
  public var knownModels: Set<String> = []

  /// A policy.
  public init(
    stripIdentifiers: StripIdentifiers = .account, members: UndocumentedMembers = .auto,
    messages: MessageRepairs = .auto, remoteImages: RemoteImages = .refuse, aliases: [String: String] = [:]
  ) {
    self.stripIdentifiers = stripIdentifiers
    self.members = members
    self.messages = messages
    self.remoteImages = remoteImages
    self.aliases = aliases
  }

  /// The router's name for the model that a caller names.
  ///
  /// Ollama's clients know every model with a tag and use that name on OpenAI's routes too, so the tag that Ollama adds
  /// goes where it is known that the router has the model without it.
  func routerModel(for name: String) -> String {
    if let target = aliases[name] { return target }
    let untagged = OllamaModels.untagged(name)
    guard untagged != name, !knownModels.contains(name) else { return name }
    return aliases[untagged] ?? (knownModels.contains(untagged) ? untagged : name)
  }
}
