public import HTTPTypes

/// Who may talk to the daemon: which `Host` a request may name and from which web origins it may come.
///
/// Every web page that a browser on this machine shows can send requests to loopback ports, and a page can point its own
/// name at 127.0.0.1. So a request is judged by its `Host`, `Origin` and `Sec-Fetch-Site` before anything else, on every
/// route and with every method.
public struct AccessPolicy: Sendable, Equatable {
  private let hosts: [HostRule]
  private let origins: [OriginRule]
  private let users: Set<UInt32>

  /// A policy.
  ///
  /// - Parameters:
  ///   - hosts: `loopback`, `addresses`, or hosts without a port.
  ///   - origins: `loopback`, or `SCHEME://HOST[:PORT]` with `*` for any host or port, or `null` or `file://`.
  ///   - users: who may come through a unix socket, by number; empty for everybody whom its mode lets in.
  /// - Throws: the first entry that is neither.
  public init(
    hosts: [String], origins: [String], users: Set<UInt32> = []
  ) throws(AccessPolicyError) {
    self.users = users
    self.hosts = try hosts.map { entry throws(AccessPolicyError) in
      guard let rule = HostRule(entry) else { throw .host(entry) }
      return rule
    }
    self.origins = try origins.map { entry throws(AccessPolicyError) in
      guard let rule = OriginRule(entry) else { throw .origin(entry) }
      return rule
    }
  }

  /// Why a request may not come in, nil if it may.
  public func refusal(for head: RequestHead) -> AccessRefusal? {
    if case .unix(let user, _, _) = head.peer, !users.isEmpty, !users.contains(user) { return .user }
    if let refusal = hostRefusal(head) { return refusal }
    let named = head.fields[values: .origin]
    guard named.count <= 1 else { return .origin }
    if let origin = named.first {
      return origins.contains { $0.allows(origin) } ? nil : .origin
    }
    // Requests without an origin that a foreign page makes all the same: images, links, forms by GET.
    let sites = head.fields[values: .fetchSite]
    return sites.allSatisfy { $0 == "none" || $0 == "same-origin" } ? nil : .fetchSite
  }

  /// Whether a web page may be asking: whoever sends `Origin` or any of `Sec-Fetch-*`.
  ///
  /// Node's `fetch` sends `Sec-Fetch-Mode` alone and is not a page. It passes `refusal(for:)` and only has to name its
  /// media type.
  public func isBrowser(_ head: RequestHead) -> Bool {
    head.fields.contains { $0.name == .origin || $0.name.canonicalName.hasPrefix("sec-fetch-") }
  }

  /// The answer to a preflight from an allowed origin (Fetch standard, CORS protocol); nil for anything else.
  ///
  /// Call it after `refusal(for:)`.
  public func preflightAnswer(to head: RequestHead) -> OutboundAnswer? {
    guard head.method == .options, head.fields.contains(.origin), head.fields.contains(.requestMethod) else {
      return nil
    }
    var fields = corsFields(for: head)
    fields[.allowMethods] = "GET, POST, HEAD, OPTIONS"
    if let asked = head.fields[.requestHeaders] { fields[.allowHeaders] = asked }
    fields[.maxAge] = "600"
    if head.fields[.requestPrivateNetwork] == "true" { fields[.allowPrivateNetwork] = "true" }
    return OutboundAnswer(status: .noContent, fields: fields)
  }

  /// The header fields that let an allowed page read its answer, errors and streams included; empty for other callers.
  ///
  /// Never `*` and never with credentials: what may read is exactly the origin that asked.
  public func corsFields(for head: RequestHead) -> HTTPFields {
    guard let origin = head.fields[.origin], origins.contains(where: { $0.allows(origin) }) else {
      return [:]
    }
    return [
      .allowOrigin: origin, .vary: "Origin",
      .exposeHeaders:
        "x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, server-timing, x-nomyo-model, "
        + "x-nomyo-left-out, x-token-count",
    ]
  }

  private func hostRefusal(_ head: RequestHead) -> AccessRefusal? {
    let named = head.fields[values: .host]
    guard named.count <= 1 else { return .host }
    // Nobody reaches a unix socket by a name, so there the name proves nothing.
    if head.peer.isUnix { return nil }
    guard let text = named.first, let host = Authority(text)?.host, hosts.contains(where: { $0.allows(host) })
    else {
      return .host
    }
    // The absolute form of a target outranks `Host` (RFC 9112 section 3.2.2): both have to pass.
    guard let authority = head.authority else { return nil }
    guard let target = Authority(authority)?.host, hosts.contains(where: { $0.allows(target) }) else {
      return .host
    }
    return nil
  }
}

/// Why a request may not come in.
public enum AccessRefusal: String, Sendable, Equatable, CaseIterable {
  /// `Host` is missing, doubled, malformed or not allowed.
  case host
  /// `Origin` is not allowed.
  case origin
  /// A page of another site asks, by its own browser's word.
  case fetchSite = "sec-fetch-site"
  /// The user at the other end of the unix socket is not allowed.
  case user
}

/// An entry that is no host or no origin.
public enum AccessPolicyError: Error, Equatable, Sendable {
  /// Not a host.
  case host(String)
  /// Not an origin.
  case origin(String)
}

extension HTTPField.Name {
  static let fetchSite = token("sec-fetch-site")
  static let requestMethod = token("access-control-request-method")
  static let requestHeaders = token("access-control-request-headers")
  static let requestPrivateNetwork = token("access-control-request-private-network")
  static let allowOrigin = token("access-control-allow-origin")
  static let allowMethods = token("access-control-allow-methods")
  static let allowHeaders = token("access-control-allow-headers")
  static let allowPrivateNetwork = token("access-control-allow-private-network")
  static let exposeHeaders = token("access-control-expose-headers")
  static let maxAge = token("access-control-max-age")
}
