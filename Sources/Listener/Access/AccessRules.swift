/// One entry of `access.hosts`.
enum HostRule: Sendable, Equatable {
  /// This machine by any of its names.
  case loopback
  /// Any IP address, of whatever machine.
  ///
  /// What a name points to is the decision of whoever owns it; an address points to itself, so no page of another
  /// origin can stand behind it.
  case addresses
  /// Exactly this host, on any port.
  case exactly(Hostname)

  init?(_ text: String) {
    if text == "loopback" {
      self = .loopback
    } else if text == "addresses" {
      self = .addresses
    } else {
      guard let authority = Authority(text), authority.port == nil else { return nil }
      self = .exactly(authority.host)
    }
  }

  func allows(_ host: Hostname) -> Bool {
    switch self {
    case .loopback: host.isLoopback
    case .addresses: host.isAddress
    case .exactly(let allowed): host == allowed
    }
  }
}

/// One entry of `access.origins`, compared by scheme, host and port and never by the beginning of its text.
enum OriginRule: Sendable, Equatable {
  /// `http` or `https` on this machine, on any port.
  case loopback
  /// A literal that is not a scheme with a host: `null` and `file://`.
  case literal(String)
  /// A scheme and what may follow.
  case tuple(scheme: String, host: HostPattern, port: PortPattern)

  enum HostPattern: Sendable, Equatable {
    case any
    case exactly(Hostname)
  }

  enum PortPattern: Sendable, Equatable {
    case any
    /// nil stands for the scheme's own.
    case exactly(Int?)
  }

  init?(_ text: String) {
    switch text {
    case "loopback": self = .loopback
    case "null", "file://": self = .literal(text)
    default:
      guard let (scheme, rest) = splitScheme(text), let (host, port) = splitPort(rest) else { return nil }
      let hostPattern: HostPattern? = host == "*" ? .any : Authority(host).map { .exactly($0.host) }
      let portPattern: PortPattern? =
        switch port {
        case nil: host == "*" ? .any : .exactly(nil)
        case "*": .any
        case let text?: portNumber(text).map { .exactly($0) }
        }
      guard let hostPattern, let portPattern else { return nil }
      self = .tuple(scheme: scheme, host: hostPattern, port: portPattern)
    }
  }

  /// Whether an `Origin` field's value is meant.
  func allows(_ origin: String) -> Bool {
    switch self {
    case .literal(let text):
      return origin == text
    case .loopback:
      guard let (scheme, rest) = splitScheme(origin), let authority = Authority(rest) else { return false }
      return (scheme == "http" || scheme == "https") && authority.host.isLoopback
    case .tuple(let allowed, let host, let port):
      guard let (scheme, rest) = splitScheme(origin), scheme == allowed else { return false }
      // Editors' pages have opaque hosts of any form; their scheme is what cannot be had by a web page.
      if case .any = host, case .any = port { return isOpaqueHost(rest) }
      guard let authority = Authority(rest) else { return false }
      let isHost = if case .exactly(let name) = host { authority.host == name } else { true }
      let isPort =
        if case .exactly(let number) = port {
          effective(authority.port, scheme) == effective(number, scheme)
        } else { true }
      return isHost && isPort
    }
  }

  private func effective(_ port: Int?, _ scheme: String) -> Int? {
    switch scheme {
    case "http": port ?? 80
    case "https": port ?? 443
    default: port
    }
  }
}

/// The scheme in lower case and what stands behind `://`.
private func splitScheme(_ text: String) -> (scheme: String, rest: Substring)? {
  guard let mark = text.firstRange(of: "://") else { return nil }
  // Bytes before letters: the Kelvin sign, too, becomes a k in lower case.
  let scheme = text[..<mark.lowerBound].utf8
  let isScheme =
    scheme.first.map { (0x61...0x7A).contains($0 | 0x20) } == true
    && scheme.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0)
    }
  return isScheme ? (text[..<mark.lowerBound].lowercased(), text[mark.upperBound...]) : nil
}

/// Whether this can be the host of an origin at all: not empty, and without what would begin another part of a URL.
private func isOpaqueHost(_ text: Substring) -> Bool {
  !text.isEmpty
    && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && ![0x2F, 0x3F, 0x23, 0x40, 0x5C].contains($0) }
}
