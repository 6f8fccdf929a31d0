import Logging

/// A message that the log may hold: what operators search for and alert on.
///
/// The journal carries the id with each entry (systemd.journal-fields(7)), and ids never change; a message that says
/// something else is another one. A test holds this table against the calls in Sources, another writes docs/messages.md.
public struct LogMessage: Sendable {
  /// 128 bits, as 32 hexadecimal digits.
  public let id: String
  /// The words, which never depend on what happened.
  public let text: String
  /// The levels at which it comes.
  public let levels: String
  /// What has happened.
  public let meaning: String
  /// What an operator does.
  public let remedy: String

  init(_ id: String, _ text: String, _ levels: String, _ meaning: String, do remedy: String) {
    self.id = id
    self.text = text
    self.levels = levels
    self.meaning = meaning
    self.remedy = remedy
  }

  /// What is missing in the log.
  static let lost = "log entries lost"

  /// What stands for entries that the log could not take in time.
  static func event(forLost count: Int) -> (LogEvent, Logger.Metadata) {
    let metadata: Logger.Metadata = ["count": "\(count)"]
    let event = LogEvent(
      level: .warning, message: "\(lost)", metadata: metadata, source: nil, file: #fileID,
      function: #function, line: #line)
    return (event, metadata)
  }

  /// The id of what libraries log, which is no message of ours.
  static let foreignID = "d129dd5e8852fb4b16a3cb2689f58212"

  private static let ids = Dictionary(all.map { ($0.text, $0.id) }, uniquingKeysWith: { first, _ in first })

  /// The id that goes with these words.
  static func id(of text: String) -> String { ids[text] ?? foreignID }
}
