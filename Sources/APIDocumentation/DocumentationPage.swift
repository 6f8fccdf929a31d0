import Sealing

/// The page that shows the OpenAPI document and sends requests to this daemon.
///
/// One file without any remote asset; its policy lets run exactly the script and the style that stand in it.
public enum DocumentationPage {
  /// The page.
  public static let html: [UInt8] = Array(
    (PageMarkup.head + "<style>" + style + "</style>" + PageMarkup.body + "<script>" + script + "</script>"
      + PageMarkup.end).utf8)

  /// The value of `Content-Security-Policy` for the page: nothing but its own style and script, known by their digests, and
  /// requests to where it came from.
  public static let contentSecurityPolicy = [
    "default-src 'none'",
    "script-src '\(source(script))'",
    "style-src '\(source(style))'",
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")

  /// Every header that the page is sent with.
  public static let fields: [(name: String, value: String)] = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", contentSecurityPolicy),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-cache"),
  ]

  static let style = PageStyle.base + PageStyle.parts

  static let script =
    "'use strict';\n(() => {\n" + PageScript.elements + PageScript.schemas + PageScript.streams
    + PageScript.answers + PageScript.names + PageScript.console + PageScript.chapters + "})();\n"

  /// How a policy names a text (CSP Level 3, section 2.3.1).
  private static func source(_ text: String) -> String {
    "sha256-" + base64(SHA256Digest.of(Array(text.utf8)))
  }

  /// RFC 4648 section 4.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(0) { $0 << 8 | (start + $1 < group.endIndex ? Int(bytes[start + $1]) : 0) }
      let digits = [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
      text += digits.prefix(group.count + 1)
      text += [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
