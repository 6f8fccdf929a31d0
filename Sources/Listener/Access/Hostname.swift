import Glibc

/// A host as it stands in a `Host` field, an origin or a configuration: a name or an address literal, without
/// a port, spelled one way only.
///
/// Deliberately narrow. Browsers send names in lower case and addresses in their canonical form; every other
/// spelling that some resolver somewhere takes for 127.0.0.1 (`127.1`, `0x7f000001`, `localhost.`) is either
/// not a host here or merely a name that nobody has allowed.
struct Hostname: Equatable, Sendable {
  /// The name in lower case, the dotted IPv4 address, or the IPv6 address without brackets as inet_ntop(3)
  /// writes it.
  let text: String
  private let kind: Kind

  private enum Kind { case name, v4, v6 }

  /// Reads a name, an IPv4 address or an IPv6 address (with or without brackets); nil if it is none of them.
  init?(_ host: some StringProtocol) {
    let bytes = Array(host.utf8)
    if bytes.contains(UInt8(ascii: ":")) {
      guard let address = Self.canonicalV6(bytes) else { return nil }
      (text, kind) = (address, .v6)
    } else if Self.isDottedQuad(bytes) {
      (text, kind) = (String(host), .v4)
    } else {
      guard let name = Self.lowercasedName(bytes) else { return nil }
      (text, kind) = (name, .name)
    }
  }

  /// Whether the host can only be this machine: `localhost` and the names below it (RFC 6761 section 6.3),
  /// 127.0.0.0/8 and ::1.
  var isLoopback: Bool {
    switch kind {
    case .name: text == "localhost" || text.hasSuffix(".localhost")
    case .v4: text.hasPrefix("127.")
    case .v6: text == "::1"
    }
  }

  /// Whether the host is written as an address, so that no resolver has a say.
  var isAddress: Bool { kind != .name }

  /// Whether the host is written as an address of this machine.
  var isLoopbackAddress: Bool { isAddress && isLoopback }

  /// Whether this is a name below `domain`, which begins with a dot.
  func isBelow(_ domain: String) -> Bool {
    kind == .name && text.utf8.count > domain.utf8.count && text.hasSuffix(domain)
  }

  /// Four decimal numbers up to 255 without leading zeros: what inet_pton(3) takes, and nothing that only
  /// inet_aton(3) takes.
  private static func isDottedQuad(_ bytes: [UInt8]) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        // Before any arithmetic: a longer part would overflow, and that ends the process.
        guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else {
          return false
        }
        let value = part.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return value <= 255 && (part.count == 1 || part.first != UInt8(ascii: "0"))
      }
  }

  private static func canonicalV6(_ bytes: [UInt8]) -> String? {
    var literal = bytes[...]
    if literal.first == UInt8(ascii: "[") {
      guard literal.last == UInt8(ascii: "]") else { return nil }
      literal = literal.dropFirst().dropLast()
    }
    guard literal.count < Int(INET6_ADDRSTRLEN), !literal.contains(0) else { return nil }
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(decoding: literal, as: UTF8.self), &address) == 1 else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Labels of letters, digits, `-` and `_`, joined by single dots; a last label without a letter would be a
  /// number that resolvers read as an address (RFC 3696 section 2), and is refused.
  private static func lowercasedName(_ bytes: [UInt8]) -> String? {
    guard (1...253).contains(bytes.count) else { return nil }
    var name = bytes
    for index in name.indices {
      switch name[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): name[index] |= 0x20
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "."):
        break
      default: return nil
      }
    }
    let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.allSatisfy({ (1...63).contains($0.count) }), let last = labels.last else { return nil }
    return isNumber(last) ? nil : String(decoding: name, as: UTF8.self)
  }

  private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
    if label.starts(with: "0x".utf8) {
      return label.dropFirst(2).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }
    return label.allSatisfy { (0x30...0x39).contains($0) }
  }
}
