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
  /// Whether the request is in a dialect whose clients add `:latest` to every name without a tag.
  var addsLatest = false

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
  /// Ollama's clients know every model with a tag and use that name on OpenAI's routes too, so a name is looked for as
  /// it is, without `:latest`, and with it. Where it is not found, the tag that nobody but Ollama adds goes if the list
  /// lacks it, or if there is no list and the request is one of Ollama's.
  func routerModel(for name: String) -> String {
    for spelling in OllamaModels.spellings(of: name) {
      if let target = aliases[spelling] { return target }
      if knownModels.contains(spelling) { return spelling }
    }
    return knownModels.isEmpty && !addsLatest ? name : OllamaModels.untagged(name)
  }
}
