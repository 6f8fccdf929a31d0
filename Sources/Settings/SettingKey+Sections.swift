extension SettingKey {
  /// What the tables of the file are about, in the order of ``all``.
  static let sections: [(name: String, meaning: String)] = [
    ("router", "The router and the way to it."),
    (
      "router.rate",
      "How fast requests go to the router. NOMYO takes 2 a second under one API key, once in 10 seconds 4."
    ),
    ("tls", "What callers are shown where `listen` says `tls:`."),
    ("access", "Who may call."),
    ("models", "Names of models."),
    ("compat", "How far requests are mended before they are sealed."),
    ("embeddings", "Where embeddings are made."),
    ("stream", "Streamed answers."),
    ("privacy", "What is kept from the router."),
    ("limits", "Bounds on what is held at once."),
    ("keys", "The proxy's own key pairs."),
    ("admin", "The operator's way to the running daemon."),
    ("metrics", "Figures for a monitoring system."),
    ("shutdown", "The end of the process."),
    ("log", "Logging."),
  ]

  /// The keys by their names.
  public static let named: [String: SettingKey] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The keys by their environment variables.
  static let byEnvironmentName: [String: SettingKey] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.environmentName, $0) })
}
