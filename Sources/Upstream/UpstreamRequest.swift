public import HTTPTypes

/// One whole request.
public struct UpstreamRequest: Sendable {
  /// What is asked for.
  public enum Method: String, Sendable {
    /// Fetch; the body is not sent.
    case get = "GET"
    /// Submit the body. It is handed to the network at most once: see `UpstreamError.disconnected`.
    case post = "POST"
  }

  /// What is asked for.
  public var method: Method
  /// An absolute `https` URL (or `http`, where the options allow it), without user name and password.
  public var url: String
  /// The header fields.
  ///
  /// Those that frame the message or choose its coding (`Host`, `Connection`, `Content-Length`,
  /// `Transfer-Encoding`, `Accept-Encoding`, `Expect` and their kind) are libcurl's to write, and left out.
  public var fields: HTTPFields
  /// The body of a `post`.
  public var body: [UInt8]
  /// The most bytes that the answer's body may have, after decompression.
  public var responseLimit: Int
  /// Takes the place of `UpstreamOptions.responseTimeout` for this request.
  public var responseTimeout: Duration?
  /// Whether the answer is to say which certificate the server showed, by default not.
  ///
  /// Only a TLS handshake tells, so such a request goes over a connection of its own.
  public var wantsCertificate: Bool
  /// Takes the place of `UpstreamOptions.connectTimeout` for this request, where it is shorter.
  public var connectTimeout: Duration?
  /// Called when there is a connection and the request's first bytes follow; on libcurl's thread, so it must not
  /// block.
  ///
  /// A transfer for which it was not called has sent nothing. It is called once more when a reused connection turned
  /// out dead and libcurl takes another.
  public var onSending: (@Sendable () -> Void)?

  /// A request of which at most `responseLimit` bytes of answer are wanted (default 64 MiB).
  public init(
    method: Method = .get,
    url: String,
    fields: HTTPFields = [:],
    body: [UInt8] = [],
    responseLimit: Int = 64 << 20,
    responseTimeout: Duration? = nil,
    wantsCertificate: Bool = false,
    onSending: (@Sendable () -> Void)? = nil
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
    self.responseLimit = responseLimit
    self.responseTimeout = responseTimeout
    self.wantsCertificate = wantsCertificate
    self.onSending = onSending
  }
}

extension UpstreamRequest {
  /// Why this request must not even start, or `nil`.
  func fault(allowingHTTP: Bool) -> UpstreamError? {
    // libcurl guesses a scheme where there is none and reads a string up to its first NUL, so neither is left
    // to it. Everything else about the URL is.
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return .badURL }
    if Self.scheme("https://", opens: url) { return nil }
    guard Self.scheme("http://", opens: url) else { return .badURL }
    return allowingHTTP ? nil : .clearText
  }

  private static func scheme(_ scheme: String, opens url: String) -> Bool {
    // Only letters change under 0x20; "://" has the bit set already.
    url.utf8.count > scheme.utf8.count && zip(url.utf8, scheme.utf8).allSatisfy { $0 | 0x20 == $1 }
  }
}
