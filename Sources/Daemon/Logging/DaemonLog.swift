import Glibc
public import Logging
import Service
public import Settings

/// Where the daemon logs to.
public struct DaemonLog: Sendable {
  /// Writes there.
  public let logger: Logger
  private let wait: @Sendable (Duration) -> Void

  /// The log that the settings ask for.
  ///
  /// `auto` is the journal where systemd connected standard error to it, text on a terminal, and JSON elsewhere.
  public init(_ settings: Settings.Log) {
    let level = Logger.Level(rawValue: settings.level.rawValue) ?? .info
    let isJournal = settings.format == .journal || settings.format == .auto && Journal.hasStandardError
    if isJournal {
      let journal = Journal(entryForLost: { JournalLogHandler.entryForLost($0) })
      wait = { journal.flush(atMost: $0) }
      logger = Logger(label: "nomyo-proxy") { _ in JournalLogHandler(journal, level: level) }
    } else {
      let style: LogStyle =
        switch settings.format {
        case .text: .text
        case .json, .journal: .json
        case .auto: .suiting(descriptor: STDERR_FILENO)
        }
      let output = LineOutput(STDERR_FILENO, style: style)
      wait = { output.flush(atMost: $0) }
      logger = Logger(label: "nomyo-proxy") { _ in
        LineLogHandler(style: style, level: level, output: output)
      }
    }
  }

  /// Waits until what was logged is where it belongs, for the end of the process.
  public func flush() { wait(.seconds(2)) }
}
