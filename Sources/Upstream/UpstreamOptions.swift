/// What holds for all transfers of one `Upstream`.
///
/// TLS is never older than 1.2, and towards the router peer and host name are always verified.
public struct UpstreamOptions: Sendable {
  /// Which proxy, if any, requests leave through.
  public enum OutboundProxy: Sendable, Equatable {
    /// None, whatever the environment says.
    case none
    /// What `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and their kind say (curl(1), ENVIRONMENT).
    case environment
    /// This one, for every host: `http`, `https` or `socks5h`, with credentials if it wants any.
    case url(String)
  }

  /// A PEM file with the only certificate authorities to trust; `nil` for the system's roots.
  public var caFile: String?
  /// The proxy to leave through.
  public var proxy: OutboundProxy
  /// How long name look-up, TCP and TLS may take together, by default 10 s.
  public var connectTimeout: Duration
  /// How long a transfer may take from its start to the last byte of the answer, by default 900 s.
  ///
  /// Long answers take minutes, and nothing of them comes before all of it does.
  public var responseTimeout: Duration
  /// How many bytes all answers together may take while they are received and used, without the first 64 KiB of each; by
  /// default 256 MiB.
  ///
  /// What has no room fails with ``UpstreamError/crowded(limit:)``; an answer that is alone has only its own limit.
  public var answerRoom: Int
  /// Whether an `http://` URL may be used, by default not; such a request then fails before anything is sent.
  public var allowHTTP: Bool
  /// The value of `User-Agent`, for requests whose fields have none.
  public var userAgent: String
  /// The path of a unix socket that every connection goes to, whatever host a URL names; `nil` for the network.
  ///
  /// No proxy has a part in it (CURLOPT_UNIX_SOCKET_PATH(3)).
  public var unixSocket: String?
  /// Whether a server over TLS has to show that it is the one of the URL.
  ///
  /// Never false but for a question to this machine that says nothing secret and whose answer is worth nothing: whether
  /// the daemon is alive.
  public var verifiesServer: Bool

  /// The options of a client that goes straight out over verified TLS.
  public init(
    caFile: String? = nil,
    proxy: OutboundProxy = .none,
    connectTimeout: Duration = .seconds(10),
    responseTimeout: Duration = .seconds(900),
    answerRoom: Int = 256 << 20,
    allowHTTP: Bool = false,
    userAgent: String = "nomyo-proxy",
    unixSocket: String? = nil,
    verifiesServer: Bool = true
  ) {
    self.caFile = caFile
    self.proxy = proxy
    self.connectTimeout = connectTimeout
    self.responseTimeout = responseTimeout
    self.answerRoom = answerRoom
    self.allowHTTP = allowHTTP
    self.userAgent = userAgent
    self.unixSocket = unixSocket
    self.verifiesServer = verifiesServer
  }
}
