extension SettingKey {
  /// Whether a change takes effect when the configuration is read anew; all others need a restart.
  public var takesEffectOnReload: Bool { Self.reloadable.contains(name) }

  /// The keys of which a change takes effect without a restart.
  public static let reloadable: Set<String> = [
    "router.api_key_file", "router.security_tier", "router.response_timeout", "router.retries",
    "limits.request", "limits.in_flight", "stream.commit_after", "stream.keepalive",
    "privacy.strip_identifiers", "privacy.pad_requests", "models.aliases", "models.list",
    "models.single_flight", "access.hosts", "access.origins", "access.tokens_file",
    "access.uids", "limits.in_flight_per_token", "compat.members", "compat.messages",
    "compat.remote_images", "chatbots",
  ]

  /// The cell of the table in docs/configuration.md.
  var effect: String { takesEffectOnReload ? "reload" : "restart" }
}
