/// A host with or without a port, as it stands in `Host`, in an origin and in a target: `name`, `name:80`, `[::1]:80`.
struct Authority: Equatable {
  let host: Hostname
  let port: Int?

  /// Reads one strictly; user information, empty hosts, empty ports and ports over 65535 are no authority.
  init?(_ text: some StringProtocol) {
    guard let (host, port) = splitPort(text) else { return nil }
    // Only brackets make colons part of a host (RFC 3986 section 3.2.2).
    guard !host.contains(":") || host.hasPrefix("[") && host.hasSuffix("]"), let name = Hostname(host) else {
      return nil
    }
    self.host = name
    guard let port else {
      self.port = nil
      return
    }
    guard let number = portNumber(port) else { return nil }
    self.port = number
  }
}

/// The parts before and after the colon that begins a port, nil where brackets do not match.
func splitPort(_ text: some StringProtocol) -> (host: String, port: String?)? {
  if text.hasPrefix("[") {
    guard let end = text.firstIndex(of: "]") else { return nil }
    let rest = text[text.index(after: end)...]
    guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
    return (String(text[...end]), rest.isEmpty ? nil : String(rest.dropFirst()))
  }
  guard let colon = text.firstIndex(of: ":") else { return (String(text), nil) }
  return (String(text[..<colon]), String(text[text.index(after: colon)...]))
}

/// A port in decimal digits, 0 to 65535.
func portNumber(_ text: String) -> Int? {
  guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
    let number = Int(text), number <= 65535
  else { return nil }
  return number
}
