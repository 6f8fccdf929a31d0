/// The address of an embedder on this machine: nothing that could lead elsewhere can be one.
///
/// Embeddings are sent in the clear, so no name is left to a resolver: `localhost` and the names below it (RFC 6761
/// section 6.3) stand for 127.0.0.1 and ::1, and every other host has to be written as an address of the loopback interface.
public struct EmbedderURL: Sendable, Equatable, CustomStringConvertible {
  /// As configured, without a slash at its end.
  public let description: String
  /// The URLs to send to, one after the other until somebody is there; each has an address for a host.
  public let endpoints: [String]

  /// Reads `http://HOST[:PORT][/PATH]`, nil where that is not surely this machine.
  ///
  /// A path is what OpenAI's SDKs take as base URL; without one it is `/v1`. It may also name the whole route
  /// (`/v1/embeddings`). TLS is not offered: certificates for the loopback interface are nobody's to give.
  public init?(_ text: String) {
    let scheme = "http://"
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.refused.contains($0) }),
      text.prefix(scheme.count).lowercased() == scheme
    else { return nil }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    let path = Self.withoutSlashes(rest.dropFirst(authority.count))
    guard let (host, port) = Self.hostAndPort(authority), let hosts = Self.addresses(of: host) else {
      return nil
    }
    let base = path.isEmpty ? "/v1" : path
    let route = base.hasSuffix("/embeddings") ? base : base + "/embeddings"
    endpoints = hosts.map { "\(scheme)\($0)\(port)\(route)" }
    description = "\(scheme)\(authority.lowercased())\(path)"
  }

  /// Begin a user's name, a query, a fragment, or what some readers take for a slash.
  private static let refused = Set("@?#\\".utf8)

  private static func withoutSlashes(_ path: Substring) -> String {
    String(path.reversed().drop { $0 == "/" }.reversed())
  }

  /// The host with its brackets, and the port with its colon or nothing.
  private static func hostAndPort(_ authority: Substring) -> (host: Substring, port: String)? {
    let start = authority.lastIndex(of: "]") ?? authority.startIndex
    guard let colon = authority[start...].firstIndex(of: ":") else { return (authority, "") }
    let digits = authority[authority.index(after: colon)...]
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
      return nil
    }
    return (authority[..<colon], ":\(port)")
  }

  private static func addresses(of host: Substring) -> [String]? {
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") { return ["127.0.0.1", "[::1]"] }
    return host == "[::1]" || isLoopbackQuad(host) ? [String(host)] : nil
  }

  /// 127.0.0.0/8 in its only spelling that all readers understand alike: four numbers without leading zeros.
  private static func isLoopbackQuad(_ host: Substring) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.first == "127"
      && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
  }
}
