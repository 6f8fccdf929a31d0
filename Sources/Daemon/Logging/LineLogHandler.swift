import Glibc
public import Logging

/// Writes each event as one line.
public struct LineLogHandler: LogHandler {
  private let style: LogStyle
  private let output: LineOutput

  /// What every line carries.
  public var metadata: Logger.Metadata = [:]
  /// Events below this level are not written.
  public var logLevel: Logger.Level
  /// Adds what the task carries; nothing here does.
  public var metadataProvider: Logger.MetadataProvider?

  /// A handler that writes to `output`.
  public init(style: LogStyle, level: Logger.Level, output: LineOutput) {
    self.style = style
    self.output = output
    logLevel = level
  }

  /// One value that every line carries.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes the event.
  public func log(event: LogEvent) {
    let merged = metadata.merging(event.metadata ?? [:]) { _, later in later }
    output.write(style.line(event, metadata: merged, time: Timestamp.now()))
  }
}

/// The time of day as RFC 3339 writes it, in UTC with milliseconds.
enum Timestamp {
  static func now() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return text(seconds: now.tv_sec, milliseconds: now.tv_nsec / 1_000_000)
  }

  static func text(seconds: Int, milliseconds: Int) -> String {
    var seconds = seconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func padded(_ value: some BinaryInteger, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    let time = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    return "\(date)T\(time).\(padded(milliseconds, 3))Z"
  }
}
