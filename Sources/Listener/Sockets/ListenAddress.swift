/// Where to listen.
public enum ListenAddress: Sendable, Equatable {
  /// A host (a name, or an IPv4 or IPv6 literal without brackets) and a port; port 0 lets the kernel choose.
  case tcp(host: String, port: Int)
  /// A socket in the file system; a missing mode means 0600, a missing owner the process's own.
  case unix(path: String, mode: UInt16?, user: String?, group: String?)

  /// Whether only programs on this machine can reach the address.
  ///
  /// A name other than `localhost` counts as remote, because what it resolves to is somebody else's decision.
  public var isLoopback: Bool {
    switch self {
    case .unix: true
    case .tcp(let host, _):
      host.lowercased() == "localhost" || Hostname(host)?.isLoopbackAddress == true
    }
  }
}

/// Why a text is not a listen address.
public enum ListenAddressError: Error, Equatable, CustomStringConvertible {
  /// No `:port` at the end, or an IPv6 literal without brackets.
  case missingPort
  /// The port is no number from 0 to 65535.
  case badPort(String)
  /// The host is empty or has a character that no host name has.
  case badHost(String)
  /// The socket's path does not begin with `/`.
  case relativePath(String)
  /// The socket's path does not fit into `sockaddr_un` (107 bytes, unix(7)) or has a NUL in it.
  case badPath(String)
  /// The mode is no octal number up to 0777.
  case badMode(String)
  /// A parameter after `?` that is neither `mode`, `user` nor `group`, or that comes twice or empty.
  case badParameter(String)

  /// What is wrong and what would be right.
  public var description: String {
    switch self {
    case .missingPort: "expected host:port, [IPv6]:port or unix:/path"
    case .badPort(let text): "the port \"\(text)\" is not a number from 0 to 65535"
    case .badHost(let text): "\"\(text)\" is not a host name or address"
    case .relativePath(let path): "the socket path \"\(path)\" must begin with /"
    case .badPath(let path): "the socket path \"\(path)\" is longer than 107 bytes or has a NUL in it"
    case .badMode(let text): "the mode \"\(text)\" is not an octal number up to 0777"
    case .badParameter(let text): "\"\(text)\" is not one of mode=0660, user=NAME, group=NAME"
    }
  }
}

extension ListenAddress: CustomStringConvertible {
  /// The address as it is written in a configuration.
  public var description: String {
    switch self {
    case .tcp(let host, let port):
      return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path, let mode, let user, let group):
      var parameters: [String] = []
      if let mode { parameters.append("mode=0" + String(mode, radix: 8)) }
      if let user { parameters.append("user=" + user) }
      if let group { parameters.append("group=" + group) }
      return "unix:" + path + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    }
  }
}

extension ListenAddress {
  /// Reads `host:port`, `[IPv6]:port` or `unix:/path?mode=0660&user=NAME&group=NAME`.
  public init(parsing text: String) throws(ListenAddressError) {
    if text.hasPrefix("unix:") {
      self = try Self.unixAddress(text.dropFirst("unix:".count))
    } else {
      self = try Self.tcpAddress(text)
    }
  }

  private static func tcpAddress(_ text: String) throws(ListenAddressError) -> ListenAddress {
    guard let colon = text.lastIndex(of: ":") else { throw .missingPort }
    let portText = text[text.index(after: colon)...]
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw .missingPort
    }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(portText) else {
      throw .badPort(String(portText))
    }
    let isKnown = host.utf8.allSatisfy { isBracketed ? isAddressByte($0) : isNameByte($0) }
    guard isKnown, !host.isEmpty, isBracketed == host.contains(":") else { throw .badHost(String(host)) }
    return .tcp(host: String(host), port: Int(port))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The bytes of an IPv6 literal with an optional zone (RFC 4007 section 11).
  private static func isAddressByte(_ byte: UInt8) -> Bool {
    isNameByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
  }

  private static func unixAddress(_ text: Substring) throws(ListenAddressError) -> ListenAddress {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts.first ?? "")
    guard path.hasPrefix("/") else { throw .relativePath(path) }
    guard path.utf8.count <= 107, !path.utf8.contains(0) else { throw .badPath(path) }
    var mode: UInt16?
    var user: String?
    var group: String?
    let parameters = parts.count > 1 ? parts[1].split(separator: "&", omittingEmptySubsequences: false) : []
    for parameter in parameters {
      let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[1].isEmpty else { throw .badParameter(String(parameter)) }
      switch pair[0] {
      case "mode" where mode == nil:
        guard let value = UInt16(pair[1], radix: 8), value <= 0o777 else { throw .badMode(String(pair[1])) }
        mode = value
      case "user" where user == nil: user = String(pair[1])
      case "group" where group == nil: group = String(pair[1])
      default: throw .badParameter(String(parameter))
      }
    }
    return .unix(path: path, mode: mode, user: user, group: group)
  }
}
