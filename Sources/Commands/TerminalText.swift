/// Text that came from elsewhere, made fit for a terminal.
///
/// Whoever owns a socket decides what comes out of it; escape sequences would let it write the terminal's title, move the
/// cursor over what was true, or type for the person who reads.
enum TerminalText {
  /// One line in which nothing steers: controls, line ends and invisible formatting become `?`.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { line.append(steers(scalar) ? "?" : scalar) }
    return String(line)
  }

  /// A JSON text, unchanged in meaning, in which nothing steers.
  ///
  /// - Parameter json: checked already: controls can then only be white space, and all else that steers is inside
  ///   strings, where it has an escape.
  static func json(_ json: [UInt8]) -> String {
    var text = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\r", "\t": text += " "
      case "\n": text += "\n"
      case let scalar where steers(scalar): text += escape(scalar)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }

  /// `\uXXXX`, twice where UTF-16 needs two units (RFC 8259 section 7).
  private static func escape(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
