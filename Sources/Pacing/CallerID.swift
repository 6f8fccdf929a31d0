/// Whose request it is, as far as taking turns is concerned.
public enum CallerID: Hashable, Sendable {
  /// By the name of its local token.
  case token(String)
  /// By the other end of its socket, or who owns that.
  case peer(String)
  /// By its connection, by number.
  case connection(UInt64)
}

/// Which of the API keys at the router a request uses.
public enum KeyID: Hashable, Sendable {
  /// None: what the proxy asks for itself.
  case configured
  /// None, because a caller brought none and none is configured.
  case keyless
  /// By a digest: the key itself stays where it is wiped.
  case digest([UInt8])
}
