/// Why a request has no answer.
///
/// No case carries anything that the request or the answer said.
public enum UpstreamError: Error, Equatable, Sendable {
  /// The URL is `http://` and the options do not allow it. Nothing was sent.
  case clearText
  /// The URL cannot be used. Nothing was sent.
  case badURL
  /// The host's name, or the proxy's, has no address. Nothing was sent.
  case unresolved
  /// Nobody takes connections at that address and port, or the proxy lets nobody through. Nothing was sent.
  case unreachable
  /// The certificate is not to be trusted, or TLS cannot be used as the options say, for the reason that libcurl
  /// gives. Nothing was sent.
  case tls(String)
  /// The TLS handshake broke off or was not agreed on, for the reason that libcurl gives. Nothing was sent.
  case handshake(String)
  /// There was no connection in time. Nothing was sent.
  case connectTimedOut
  /// The answer was not complete in time.
  case responseTimedOut
  /// The body is larger than `limit` bytes, announced or decompressed.
  case tooLarge(limit: Int)
  /// There was no room for the body beside those of other answers, which may take `limit` bytes together. The server has
  /// done its work.
  case crowded(limit: Int)
  /// The connection ended, or became unusable, before the answer was complete. The server may have acted on
  /// the request. A reused connection that turned out dead also ends here: to send anew would show the same
  /// body to the network twice.
  case disconnected
  /// The connection ended in the middle of the answer's body. The server has done its work; part of it is lost.
  case truncated
  /// The answer is not HTTP, or not within bounds: its header is over 64 KiB, it switches protocols, its
  /// coding is broken or one that was not asked for.
  case protocolFault
  /// The task was cancelled.
  case cancelled
  /// `Upstream.close()` was called.
  case closed
}

extension UpstreamError: CustomStringConvertible {
  /// What happened and what to check, for people.
  public var description: String {
    switch self {
    case .clearText:
      "the URL is http:// and clear text is not allowed; use https:// or allow HTTP for development"
    case .badURL:
      "the URL cannot be used; it must be absolute, https://, and hold no blanks and no credentials"
    case .unresolved:
      "the host name has no address; check its spelling, DNS and the outbound proxy's name"
    case .unreachable:
      "nobody accepts connections there; check host, port, firewall and outbound proxy"
    case .tls(let reason):
      "no trusted TLS connection: \(reason); check the host name, the clock and the CA file"
    case .handshake(let reason):
      "the TLS handshake failed: \(reason); check that this is an HTTPS port, and the network"
    case .connectTimedOut:
      "no connection in time; check host, port, firewall and the connect timeout"
    case .responseTimedOut:
      "the answer was not complete in time; check the server's load and the response timeout"
    case .tooLarge(let limit):
      "the answer is larger than \(limit) bytes; check the response limit"
    case .crowded(let limit):
      "the answers that are being received would take more than \(limit) bytes together; ask for less at once"
    case .disconnected:
      "the connection ended before the answer was complete; check the server's log, then try again"
    case .truncated:
      "the answer broke off before its end; check the server's log, then try again"
    case .protocolFault:
      "the answer is not acceptable HTTP; check that the URL leads to the right server"
    case .cancelled:
      "the request was cancelled"
    case .closed:
      "the client has been closed"
    }
  }
}
