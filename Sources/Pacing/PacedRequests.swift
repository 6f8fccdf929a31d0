/// Which requests count against the rate of an API key.
public enum PacedRequests: String, Sendable, CaseIterable {
  /// Sealed completions alone.
  case completions
  /// Everything that carries the API key.
  case authenticated
  /// The router's public key as well, which is fetched without any.
  case all
}
