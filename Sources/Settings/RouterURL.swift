/// The address of a router, checked: a scheme, a host, perhaps a port and a path prefix, and nothing else.
public struct RouterURL: Sendable, Hashable, CustomStringConvertible {
  /// How the router is spoken to.
  public enum Scheme: String, Sendable {
    /// Clear text, for development.
    case http
    /// TLS.
    case https
  }

  /// The scheme.
  public let scheme: Scheme
  /// The host in lower case; an IPv6 address keeps its brackets.
  public let host: String
  /// The port, when the address names one.
  public let port: Int?
  /// The path prefix: empty, or with a `/` at its start and none at its end.
  public let path: String

  /// The address as text, with no `/` at its end.
  public var description: String {
    "\(scheme.rawValue)://\(host)\(port.map { ":\($0)" } ?? "")\(path)"
  }

  /// NOMYO's own router.
  static let nomyo = RouterURL(scheme: .https, host: "api.nomyo.ai", port: nil, path: "")
}

extension RouterURL {
  /// An address, nil when the text is none.
  public init?(string text: String) {
    do throws(Rejection) {
      try self.init(text)
    } catch {
      return nil
    }
  }

  /// Reads an address.
  ///
  /// The rejection never repeats it, because people put passwords into addresses.
  init(_ text: String) throws(Rejection) {
    let parts = try AddressParts(text)
    guard let scheme = Scheme(rawValue: parts.scheme) else {
      throw Rejection(problem: "the scheme is not http or https")
    }
    self.init(
      scheme: scheme, host: parts.host, port: parts.port,
      path: String(parts.path.reversed().drop { $0 == "/" }.reversed()))
  }
}

/// The pieces of `scheme://host:port/path`: RFC 3986 section 3 without user information, query, fragment.
struct AddressParts {
  let scheme: String
  let host: String
  let port: Int?
  let path: Substring

  init(_ text: String) throws(Rejection) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
      throw Rejection(problem: "the URL has a space, a backslash or a character outside ASCII")
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      throw Rejection(problem: "the URL has no scheme")
    }
    let rest = text[text.index(colon, offsetBy: 3)...]
    guard !rest.contains("?") else { throw Rejection(problem: "the URL has a query") }
    guard !rest.contains("#") else { throw Rejection(problem: "the URL has a fragment") }
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else { throw Rejection(problem: "the URL has a user name or password") }
    let (host, port) = splitPort(authority)
    guard isHost(host) else { throw Rejection(problem: "the URL has no valid host") }
    if let port {
      guard let number = portNumber(port), number > 0 else {
        throw Rejection(problem: "the URL has no valid port")
      }
      self.port = number
    } else {
      self.port = nil
    }
    scheme = text[..<colon].lowercased()
    self.host = host.lowercased()
    path = rest[authority.endIndex...]
  }
}

/// Cuts `host:port` at the colon that is outside an IPv6 address's brackets.
func splitPort(_ text: Substring) -> (host: Substring, port: Substring?) {
  let afterLiteral = text.lastIndex(of: "]") ?? text.startIndex
  guard let colon = text[afterLiteral...].firstIndex(of: ":") else { return (text, nil) }
  return (text[..<colon], text[text.index(after: colon)...])
}

/// A port of decimal digits, 0 to 65535.
func portNumber(_ text: some StringProtocol) -> Int? {
  guard text.utf8.count <= 5, text.utf8.allSatisfy(\.isDecimal) else { return nil }
  return UInt16(text).map { Int($0) }
}

/// Whether text is a host name, an IPv4 address, or an IPv6 address in brackets.
func isHost(_ text: some StringProtocol) -> Bool {
  if text.hasPrefix("[") { return text.hasSuffix("]") && isIPv6(text.dropFirst().dropLast()) }
  guard (1...253).contains(text.utf8.count) else { return false }
  return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
    (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isNameByte)
  }
}

private func isNameByte(_ byte: UInt8) -> Bool {
  byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
}

extension UInt8 {
  /// Whether the byte is one of a-z, A-Z and 0-9.
  var isASCIIAlphanumeric: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: isDecimal
    }
  }
}
