import Listener
import Upstream

/// Where something of ours listens, as an HTTP client reaches it.
struct LocalAddress: Sendable {
  /// As it is configured.
  let address: ListenAddress

  /// The path of a unix socket, nil for a port.
  var socketPath: String? {
    if case .unix(let path, _, _, _) = address { path } else { nil }
  }

  /// What URLs begin with; on a unix socket the host is only a name to say.
  var baseURL: String {
    switch address {
    case .unix: "http://localhost"
    case .tcp(let host, let port): "http://\(ListenAddress.tcp(host: Self.reachable(host), port: port))"
    }
  }

  /// Whoever listens on all addresses is reached over loopback, whose name is let in everywhere.
  private static func reachable(_ host: String) -> String {
    switch host {
    case "0.0.0.0": "127.0.0.1"
    case "::": "::1"
    default: host
    }
  }

  /// The address as people write it, without what only matters to the one who listens.
  var description: String { socketPath.map { "unix:\($0)" } ?? "\(address)" }

  /// A client of whoever listens there, with time-outs for a daemon on the same machine.
  ///
  /// - Parameter patience: how long one answer may take.
  func client(patience: Duration) throws -> Upstream {
    try Upstream(
      UpstreamOptions(
        connectTimeout: .seconds(2), responseTimeout: patience, allowHTTP: true, unixSocket: socketPath))
  }
}
