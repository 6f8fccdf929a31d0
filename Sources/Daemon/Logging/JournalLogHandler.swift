import Logging
import Service

/// Hands each event to the journal: the words as other logs have them, and every pair as a field of its own.
struct JournalLogHandler: LogHandler {
  private let journal: Journal

  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  var metadataProvider: Logger.MetadataProvider?

  init(_ journal: Journal, level: Logger.Level) {
    self.journal = journal
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let merged = metadata.merging(event.metadata ?? [:]) { _, later in later }
    journal.write(Self.entry(event, merged), fallback: Self.line(event, merged))
  }

  /// What stands for entries that the journal could not take in time.
  static func entryForLost(_ count: Int) -> (JournalEntry, fallback: [UInt8]) {
    let (event, metadata) = LogMessage.event(forLost: count)
    return (entry(event, metadata), line(event, metadata))
  }

  private static func line(_ event: LogEvent, _ metadata: Logger.Metadata) -> [UInt8] {
    LogStyle.json.line(event, metadata: metadata, time: Timestamp.now())
  }

  static func entry(_ event: LogEvent, _ metadata: Logger.Metadata) -> JournalEntry {
    var entry = JournalEntry()
    entry.add("MESSAGE", LogStyle.words(event, metadata))
    entry.add("MESSAGE_ID", LogMessage.id(of: "\(event.message)"))
    entry.add("PRIORITY", "\(event.level.priority)")
    entry.add("SYSLOG_IDENTIFIER", "nomyo-proxy")
    entry.add("CODE_FILE", event.file)
    entry.add("CODE_LINE", "\(event.line)")
    entry.add("CODE_FUNC", event.function)
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      entry.add("NOMYO_" + (fields[name] ?? name), "\(value)")
    }
    return entry
  }

  /// Pairs whose name says too little where everything of a machine is in one journal.
  private static let fields = ["id": "REQUEST_ID", "generation": "KEY_GENERATION"]
}

extension Logger.Level {
  /// As syslog(3) numbers them.
  fileprivate var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
