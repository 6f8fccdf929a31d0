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
    let pairs = metadata.sorted { $0.key < $1.key }
    switch self {
    case .text:
      let suffix = pairs.map { " \($0.key)=\(Self.quotedIfNeeded("\($0.value)"))" }.joined()
      return Array("\(time) \(event.level.rawValue) \(Self.oneLine("\(event.message)"))\(suffix)\n".utf8)
    case .json:
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("time", time)
      writer.member("level", event.level.rawValue)
      writer.member("message", "\(event.message)")
      for (name, value) in pairs {
        writer.member(Self.namesOfEveryLine.contains(name) ? name + "_" : name, "\(value)")
      }
      writer.endObject()
      return writer.bytes + [UInt8(ascii: "\n")]
    }
  }

  /// Names that no pair can have in JSON: of two members of one name readers take whichever they like.
  private static let namesOfEveryLine = ["time", "level", "message"]

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
