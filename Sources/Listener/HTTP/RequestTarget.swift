/// The target of a request line, taken apart (RFC 9112 section 3.2).
struct RequestTarget: Equatable {
  let path: String
  let query: String?
  /// Only from the absolute form.
  let authority: String?

  /// Reads origin form, absolute form for http and https, and `*` for OPTIONS; nil for everything else.
  ///
  /// Spaces, control characters, fragments and bytes beyond ASCII have no place in a target (RFC 3986); letting
  /// them through would leave it to each reader what they mean.
  init?(_ target: String, isOptions: Bool) {
    guard !target.isEmpty, target.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") })
    else { return nil }
    if target == "*" {
      guard isOptions else { return nil }
      (path, query, authority) = ("*", nil, nil)
    } else if target.utf8.first == UInt8(ascii: "/") {
      (path, query) = Self.split(target[...])
      authority = nil
    } else {
      guard let start = Self.schemeEnd(target) else { return nil }
      let rest = target[start...]
      let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
      guard end > start else { return nil }
      authority = String(rest[..<end])
      let (found, query) = Self.split(rest[end...])
      (path, self.query) = (found.isEmpty ? "/" : found, query)
    }
  }

  private static func split(_ text: Substring) -> (path: String, query: String?) {
    guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(text), nil) }
    return (String(text[..<mark]), String(text[text.utf8.index(after: mark)...]))
  }

  private static func schemeEnd(_ target: String) -> String.Index? {
    for scheme in ["http://", "https://"] {
      let start = target.utf8.prefix(scheme.utf8.count)
      if start.count == scheme.utf8.count, zip(start, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
        return start.endIndex
      }
    }
    return nil
  }
}
