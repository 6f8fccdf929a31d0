/// Media types as callers name them.
enum MediaType {
  /// Whether a body of this type can be JSON.
  ///
  /// `curl -d` says form data whatever it sends, and many programs say nothing, so only what can be nothing
  /// else is refused; a web page has to say JSON.
  static func mayBeJSON(_ value: String?, isBrowser: Bool) -> Bool {
    let essence = essence(of: value ?? "")
    if isBrowser { return isJSON(essence) }
    let kind = essence.prefix { $0 != "/" }
    return !["multipart", "image", "audio", "video", "font"].contains(String(kind))
      && !["application/xml", "application/pdf", "application/zip", "text/html", "text/xml"].contains(essence)
  }

  /// The type without parameters and the blanks around it, in lower case (RFC 9110 section 8.3.1).
  private static func essence(of value: String) -> String {
    // By bytes, because a mark that combines would make another character of a semicolon.
    var bytes = value.utf8.prefix { $0 != UInt8(ascii: ";") }
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    bytes = bytes.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return Substring(bytes).lowercased()
  }

  /// Type and subtype are tokens, so there is no blank in them, and no comma that would make a list.
  private static func isJSON(_ essence: String) -> Bool {
    guard essence != "application/json" else { return true }
    let type = "application/"
    return essence.hasPrefix(type) && essence.hasSuffix("+json")
      && essence.dropFirst(type.count).utf8.allSatisfy(isTokenByte)
  }

  /// RFC 9110 section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
