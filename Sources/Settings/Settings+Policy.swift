public import Dialects

extension Settings {
  /// What the configuration says about requests, whatever their dialect.
  public var policy: RequestPolicy {
    RequestPolicy(
      stripIdentifiers: privacy.stripIdentifiers, members: compat.members, messages: compat.messages,
      remoteImages: compat.remoteImages, aliases: models.aliases)
  }
}
