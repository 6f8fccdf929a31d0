import Glibc
import JSONText
import Logging

/// How one event becomes one line.
public enum LogStyle: Sendable, Equatable {
  /// For people: time, level, message, `name=value` pairs.
  case text
  /// For programs: one JSON object.
  case json

  /// Text on a terminal, JSON elsewhere.
  public static func suiting(descriptor: Int32) -> LogStyle { isatty(descriptor) == 1 ? .text : .json }

  func line(_ event: LogEvent, metadata: Logger.Metadata, time: String) -> [UInt8] {
    switch self {
    case .text:
      return Array("\(time) \(event.level.rawValue) \(Self.words(event, metadata))\n".utf8)
    case .json:
      let pairs = metadata.sorted { $0.key < $1.key }
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("time", time)
      writer.member("level", event.level.rawValue)
      writer.member("message", "\(event.message)")
      for (name, value) in pairs {
        let text = "\(value)"
        writer.name(Self.namesOfEveryLine.contains(name) ? name + "_" : name)
        if Self.isNumber(text) { writer.raw(text.utf8) } else { writer.string(text) }
      }
      writer.endObject()
      return writer.bytes + [UInt8(ascii: "\n")]
    }
  }

  /// The message and its pairs, for people.
  static func words(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }
    return oneLine("\(event.message)")
      + pairs.map { " \($0.key)=\(quotedIfNeeded("\($0.value)"))" }.joined()
  }

  /// Names that no pair can have in JSON: of two members of one name readers take whichever they like.
  private static let namesOfEveryLine = ["time", "level", "message"]

  /// Whole and decimal numbers are numbers for programs too, so that they can be compared.
  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 15 else { return false }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isPlain = text.utf8.allSatisfy { digits.contains($0) || $0 == UInt8(ascii: ".") }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    // JSON has no leading zeros (RFC 8259 section 6).
    let hasLeadingZero = parts[0].utf8.count > 1 && first == UInt8(ascii: "0")
    return isPlain && digits.contains(first) && digits.contains(last) && parts.count <= 2 && !hasLeadingZero
  }

  private static func quotedIfNeeded(_ value: String) -> String {
    let value = oneLine(value)
    let isPlain = !value.isEmpty && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" }
    guard !isPlain else { return value }
    return "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  /// A value cannot begin a line of its own, nor steer a terminal.
  private static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: " "
          default: scalar
          }
        }))
  }
}
