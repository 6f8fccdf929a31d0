import Dialects
import Glibc
import Sealing

extension Grammar<RouterURL> {
  /// The address of a router.
  static let routerURL = Grammar.text(
    "URL",
    allowed:
      "https://HOST[:PORT][/PREFIX] without user name, query and fragment; http:// with router.allow_http",
    private: true,
    read: { text throws(Rejection) in try RouterURL(text) },
    write: { $0.description })
}

extension Grammar<EmbedderURL?> {
  /// The address of an embedder.
  static let embedderURL = Grammar.text(
    "URL",
    allowed: "http://HOST[:PORT][/PREFIX] without user name, query and fragment, where HOST is localhost, a "
      + "name under .localhost, 127.0.0.0/8 or [::1]",
    private: true,
    read: { text throws(Rejection) in
      guard try AddressParts(text).scheme == "http" else {
        throw Rejection(problem: "the scheme is not http")
      }
      guard let url = EmbedderURL(text) else {
        throw Rejection(
          problem: "the host is not this machine, and what is embedded would leave it unsealed")
      }
      return url
    },
    write: { $0?.description })
}

extension Grammar<OutboundProxy> {
  /// `none`, `environment`, or the address of a proxy.
  static let proxy = Grammar.text(
    "proxy",
    allowed: "none, environment, or (http|https|socks5|socks5h)://HOST[:PORT] without user name",
    private: true,
    read: { text throws(Rejection) in
      switch text {
      case "none": return .direct
      case "environment": return .environment
      default: break
      }
      let parts = try AddressParts(text)
      guard ["http", "https", "socks5", "socks5h"].contains(parts.scheme) else {
        throw Rejection(problem: "the scheme is not http, https, socks5 or socks5h")
      }
      guard parts.path.isEmpty || parts.path == "/" else {
        throw Rejection(problem: "the URL has a path")
      }
      return .url("\(parts.scheme)://\(parts.host)\(parts.port.map { ":\($0)" } ?? "")")
    },
    write: { proxy in
      switch proxy {
      case .direct: "none"
      case .environment: "environment"
      case .url(let text): text
      }
    })
}

extension Grammar<String?> {
  /// An address for the operator, or `none`.
  static let adminAddress = Grammar.text(
    "address", allowed: "unix:/PATH?mode=0600&group=NAME, a loopback HOST:PORT, or none", read: addressOrNone,
    write: { $0 })

  /// An address for monitoring systems, or `none`.
  static let monitorAddress = Grammar.text(
    "address", allowed: "HOST:PORT, unix:/PATH?mode=0660&group=NAME, or none", read: addressOrNone,
    write: { $0 })

  private static func addressOrNone(_ text: String) throws(Rejection) -> String? {
    let isAddress =
      Grammar<String>.isListenAddress(text) && !text.hasPrefix("systemd") && !ListenEntry(text).isTLS
    guard text == "none" || isAddress else { throw Rejection(problem: "\(text.shown) is no address") }
    return text
  }
}

extension Grammar<KeyFingerprint> {
  /// What a public key is known by.
  static let fingerprint = Grammar.text(
    "fingerprint", allowed: "sha256/ and 44 characters of base64, the digest of a key's SubjectPublicKeyInfo",
    read: { text throws(Rejection) in
      guard let fingerprint = KeyFingerprint(text) else {
        throw Rejection(problem: "\(text.shown) is no fingerprint")
      }
      return fingerprint
    },
    write: { $0.description })
}

extension Grammar<String> {
  /// An address to listen on.
  ///
  /// The Listener reads it fully; here it only has to look like one.
  static let listenAddress = Grammar.text(
    "address",
    allowed:
      "HOST:PORT, unix:/PATH?mode=0660&group=NAME, systemd, systemd:NAME, and tls: before all but unix:",
    read: { text throws(Rejection) in
      guard isListenAddress(text) else { throw Rejection(problem: "\(text.shown) is no address") }
      return text
    },
    write: { $0 })

  /// A model as the router names it.
  static let modelName = Grammar.text(
    "model", allowed: "a model's name without control characters",
    read: { text throws(Rejection) in
      guard Grammar<[String: String]>.isModelName(text) else {
        throw Rejection(problem: "\(text.shown) is no model name")
      }
      return text
    },
    write: { $0 })

  /// A value of the `Host` header in lower case, without its port.
  static let host = Grammar.text(
    "host", allowed: "loopback, addresses, a host name, an IPv4 address, an [IPv6 address]; without a port",
    read: { text throws(Rejection) in
      guard isHost(text) else { throw Rejection(problem: "\(text.shown) is no host") }
      return text.lowercased()
    },
    write: { $0 })

  /// A value of the `Origin` header in lower case, or a pattern for some.
  static let origin = Grammar.text(
    "origin", allowed: "loopback, null, file://, SCHEME://HOST[:PORT] where HOST and PORT may be *",
    read: { text throws(Rejection) in
      guard isOrigin(text) else { throw Rejection(problem: "\(text.shown) is no origin") }
      return text.lowercased()
    },
    write: { $0 })

  private static func isListenAddress(_ text: String) -> Bool {
    let entry = ListenEntry(text)
    if entry.isTLS {
      return !ListenEntry(entry.place).isTLS && !entry.place.hasPrefix("unix:")
        && isListenAddress(entry.place)
    }
    if text == "systemd" { return true }
    for prefix in ["systemd:", "unix:/"] where text.hasPrefix(prefix) {
      return text.utf8.count > prefix.utf8.count
    }
    let (host, port) = splitPort(text[...])
    return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      && port.flatMap { portNumber($0) } != nil
  }

  private static func isOrigin(_ text: String) -> Bool {
    if ["loopback", "null", "file://"].contains(text) { return true }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return false }
    let scheme = text[..<colon].utf8
    let isScheme = !scheme.isEmpty && scheme.allSatisfy { $0.isASCIIAlphanumeric || "+-.".utf8.contains($0) }
    let (host, port) = splitPort(text[text.index(colon, offsetBy: 3)...])
    return isScheme && (host == "*" || isHost(host))
      && (port.map { $0 == "*" || portNumber($0) != nil } ?? true)
  }
}

extension Grammar<String?> {
  /// The path of a file, which people sometimes mistake for its content: faults do not repeat it.
  static let path = Grammar.text(
    "path", allowed: "the absolute path of a file", private: true,
    read: { text throws(Rejection) in
      guard text.hasPrefix("/"), !text.hasSuffix("/") else {
        throw Rejection(problem: "the path does not start with / or ends with one")
      }
      return text
    },
    write: { $0 })
}

extension Grammar<[String: String]> {
  /// Names for names.
  static let aliases = Grammar(
    type: "table", allowed: "a table of NAME = \"ROUTER MODEL\", both without control characters",
    shape: .table,
    read: { raw throws(Rejections) in
      guard case .table(let entries) = raw else { throw Rejections(.expected("a table", raw)) }
      let model = Grammar<String>.modelName
      var (aliases, rejections): ([String: String], [Rejection]) = ([:], [])
      for entry in entries {
        for name in [.string(entry.name), entry.value] {
          do throws(Rejections) {
            aliases[entry.name] = try model.read(name)
          } catch {
            rejections += error.all.map { $0.at([entry.name], allowed: model.allowed) }
          }
        }
      }
      guard rejections.isEmpty else { throw Rejections(rejections) }
      return aliases
    },
    write: { aliases in
      let pairs = aliases.sorted { $0.key < $1.key }.map { "\($0.key.quoted) = \($0.value.quoted)" }
      return pairs.isEmpty ? "{}" : "{ \(pairs.joined(separator: ", ")) }"
    })

  /// No request can name a longer one.
  private static let modelByteLimit = 256

  static func isModelName(_ name: String) -> Bool {
    (1...modelByteLimit).contains(name.utf8.count) && name.trimmed.utf8.count == name.utf8.count
      && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}

/// Whether text is an IPv6 address by the system's own reading (inet_pton(3)).
func isIPv6(_ text: some StringProtocol) -> Bool {
  var address = in6_addr()
  return inet_pton(AF_INET6, String(text), &address) == 1
}
