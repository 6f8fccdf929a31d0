internal import CSystemd
import Glibc

/// The way to systemd's journal (sd_journal_sendv(3)).
///
/// Sending blocks while journald's queue is full or journald has stopped, so whoever logs hands the entry over and goes on.
public final class Journal: Sendable {
  /// An entry, and the same as a line, for standard error where there is no journal.
  public typealias Item = (entry: JournalEntry, fallback: [UInt8])

  /// Takes one entry; false where it did not reach the journal.
  typealias Delivery = @Sendable (JournalEntry) -> Bool

  private let outbox: LogOutbox<Item>

  /// The journal of this machine.
  ///
  /// - Parameters:
  ///   - limit: How many entries may wait.
  ///   - entryForLost: The entry that says how many did not fit.
  public convenience init(
    limit: Int = 4096, entryForLost: @escaping @Sendable (Int) -> Item
  ) {
    self.init(limit: limit, entryForLost: entryForLost) { entry in
      // Without its socket libsystemd says nothing, and that all is well.
      guard access(Self.socketPath, F_OK) == 0 else { return false }
      var (bytes, ends) = (entry.bytes.map(CChar.init(bitPattern:)), entry.ends.map { $0 as size_t })
      return csystemd_journal_send(&bytes, &ends, Int32(ends.count)) >= 0
    }
  }

  init(
    limit: Int, entryForLost: @escaping @Sendable (Int) -> Item,
    deliver: @escaping Delivery
  ) {
    outbox = LogOutbox(
      limit: limit, threadName: "nomyo-journal", itemForLost: entryForLost,
      deliver: { item in
        guard !deliver(item.entry) else { return }
        // A log that nobody can take is not a reason to stop serving.
        _ = Glibc.write(STDERR_FILENO, item.fallback, item.fallback.count)
      })
  }

  /// Hands an entry over.
  ///
  /// - Parameter fallback: The same as a line, for standard error where there is no journal.
  public func write(_ entry: JournalEntry, fallback: [UInt8]) {
    outbox.submit((entry, fallback))
  }

  /// Waits, blocking, until everything has been sent, and no longer than this.
  ///
  /// For the end of the process.
  public func flush(atMost limit: Duration) { outbox.flush(atMost: limit) }

  private static let socketPath = "/run/systemd/journal/socket"

  /// Whether standard error is the journal's: `JOURNAL_STREAM` names the device and inode of what systemd connected it to
  /// (systemd.exec(5)), and it may have been redirected since.
  public static var hasStandardError: Bool {
    guard let value = getenv("JOURNAL_STREAM") else { return false }
    return isStream(String(cString: value), descriptor: STDERR_FILENO)
  }

  /// Whether a descriptor is the one that `DEVICE:INODE` means.
  static func isStream(_ text: String, descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return text == "\(status.st_dev):\(status.st_ino)"
  }
}
