/// What accepted a key of a router.
public enum TrustSource: String, Sendable, CaseIterable {
  /// It was the first that the router ever showed.
  case firstUse = "first-use"
  /// It was named in advance: in `router.pins`, or by `trust pin`.
  case pin
  /// It came over an authenticated connection, and nothing more is asked for.
  case tls
  /// A person accepted it when it was shown.
  case `operator`
}

/// What happened, for the trust log.
public enum TrustEvent: String, Sendable, CaseIterable {
  /// The router showed its first key, or the first that is remembered.
  case seenFirst = "seen-first"
  /// The router showed another trusted key than the one before.
  case changed
  /// The router showed a key that is not trusted.
  case refused
  /// A person accepted a key.
  case accepted
  /// A person named a key in advance.
  case pinned
}
