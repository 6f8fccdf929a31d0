import HTTPTypes

/// What a path stands for.
enum Route: Equatable, Sendable {
  case chatCompletions
  case models
  case model(id: String)
  case alive
  case ready

  /// The methods that the route answers.
  ///
  /// `GET` includes `HEAD` (RFC 9110 section 9.3.2).
  var methods: [HTTPRequest.Method] {
    switch self {
    case .chatCompletions: [.post]
    case .models, .model, .alive, .ready: [.get, .head]
    }
  }

  /// The route of a path as it stands in the request target, nil for none.
  ///
  /// `/v1`, `/api/v1`, neither, and `/v1` twice name the same routes, with or without a trailing slash: wrong base
  /// URLs are what people ask for help with most.
  init?(path: String) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true)[...]
    if parts.starts(with: ["api", "v1"]) { parts = parts.dropFirst(2) }
    while parts.first == "v1" { parts = parts.dropFirst() }
    switch parts.first {
    case "chat" where parts.count == 2 && parts.last == "completions": self = .chatCompletions
    case "models" where parts.count == 1: self = .models
    case "models":
      // Identifiers contain slashes, which some clients escape and others do not.
      guard let id = percentDecoded(parts.dropFirst().joined(separator: "/")) else { return nil }
      self = .model(id: id)
    case "healthz" where parts.count == 1: self = .alive
    case "readyz" where parts.count == 1: self = .ready
    default: return nil
    }
  }
}

/// The text that a percent-encoded path stands for, nil where an escape is broken or the result is not UTF-8.
private func percentDecoded(_ text: String) -> String? {
  guard text.contains("%") else { return text }
  var bytes: [UInt8] = []
  var rest = Substring(text).utf8[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    guard let high = rest.popFirst().flatMap(nibble), let low = rest.popFirst().flatMap(nibble) else {
      return nil
    }
    bytes.append(high << 4 | low)
  }
  return String(validating: bytes, as: UTF8.self)
}

private func nibble(_ digit: UInt8) -> UInt8? {
  Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init)
}
