/// What makes the router's key one to seal for (`router.trust`).
public enum TrustMode: String, Sendable, CaseIterable {
  /// The first key seen for a router's address is remembered; another one needs a person's word.
  case firstUse = "first-use"
  /// Only the keys in `router.pins`.
  case pinned
  /// Whatever comes over the authenticated connection.
  case tls
}
