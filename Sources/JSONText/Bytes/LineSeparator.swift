/// The three characters that JSON allows raw in strings and that some clients split lines at.
///
/// Python's `str.splitlines()`, for one, breaks an event stream's `data:` line at each of them.
enum LineSeparator {
  /// The first bytes of U+0085 (C2 85) and of U+2028 and U+2029 (E2 80 A8 and A9).
  static let leads: (UInt8, UInt8) = (0xC2, 0xE2)

  /// The escape for the separator that starts at `index` of `text`, and the separator's own length in bytes.
  static func escape(in text: Span<UInt8>, at index: Int) -> (escape: StaticString, length: Int)? {
    switch text[index] {
    case leads.0 where index + 1 < text.count && text[index + 1] == 0x85:
      return ("\\u0085", 2)
    case leads.1 where index + 2 < text.count && text[index + 1] == 0x80:
      switch text[index + 2] {
      case 0xA8: return ("\\u2028", 3)
      case 0xA9: return ("\\u2029", 3)
      default: return nil
      }
    default:
      return nil
    }
  }
}
