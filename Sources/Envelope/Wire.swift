/// The constants of the NOMYO wire format (PROTOCOL.md sections 1 and 2).
public enum Wire {
  /// The only envelope version there is, a string.
  public static let version = "1.0"
  /// The only scheme there is, compared exactly.
  public static let algorithm = "hybrid-aes256-rsa4096"
  /// The hint that names the key wrapping.
  public static let keyAlgorithm = "RSA-OAEP-SHA256"
  /// The hint that names the payload cipher.
  public static let payloadAlgorithm = "AES-256-GCM"

  /// The most bytes a request's plaintext may have, counted before it is sealed (PROTOCOL.md section 4).
  public static let requestPlaintextLimit = 10 * 1024 * 1024

  /// Where the router's public key is fetched, relative to its base URL.
  public static let publicKeyPath = "/pki/public_key"
  /// Where sealed requests go, relative to the router's base URL.
  public static let completionPath = "/v1/chat/secure_completion"
  /// Sealed bodies travel under this media type although they are JSON.
  public static let contentType = "application/octet-stream"

  /// Header with the request's identifier.
  public static let payloadIDHeader = "X-Payload-ID"
  /// Header with the client's public key, percent-encoded PEM.
  public static let publicKeyHeader = "X-Public-Key"
  /// Header with the security tier, if one was asked for.
  public static let securityTierHeader = "X-Security-Tier"
}

/// How much isolation the router is asked for (PROTOCOL.md section 6).
public enum SecurityTier: String, Sendable, CaseIterable {
  /// General secure inference.
  case standard
  /// Sensitive business data.
  case high
  /// Maximum isolation; the router answers 503 where its hardware cannot give it.
  case maximum
}
