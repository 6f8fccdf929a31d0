internal import CSystemd
import Glibc
import Platform

/// The way to systemd's journal (sd_journal_sendv(3)).
///
/// Sending blocks while journald's queue is full or journald has stopped, so a thread of its own does it: whoever logs
/// hands the entry over and goes on. What waits is bounded; what does not fit is counted and told of in an entry of its own.
public final class Journal: Sendable {
  private struct State {
    var waiting = 0
    var lost = 0
  }

  /// Takes one entry; false where it did not reach the journal.
  typealias Delivery = @Sendable (JournalEntry) -> Bool

  private let thread = WorkerThreads(count: 1, name: "nomyo-journal")
  private let state = Locked(State())
  private let limit: Int
  private let deliver: Delivery
  private let entryForLost: @Sendable (Int) -> (JournalEntry, fallback: [UInt8])

  /// The journal of this machine.
  ///
  /// - Parameters:
  ///   - limit: How many entries may wait.
  ///   - entryForLost: The entry that says how many did not fit.
  public convenience init(
    limit: Int = 4096, entryForLost: @escaping @Sendable (Int) -> (JournalEntry, fallback: [UInt8])
  ) {
    self.init(limit: limit, entryForLost: entryForLost) { entry in
      // Without its socket libsystemd says nothing, and that all is well.
      guard access(Self.socketPath, F_OK) == 0 else { return false }
      var (bytes, ends) = (entry.bytes.map(CChar.init(bitPattern:)), entry.ends.map { $0 as size_t })
      return csystemd_journal_send(&bytes, &ends, Int32(ends.count)) >= 0
    }
  }

  init(
    limit: Int, entryForLost: @escaping @Sendable (Int) -> (JournalEntry, fallback: [UInt8]),
    deliver: @escaping Delivery
  ) {
    self.limit = limit
    self.entryForLost = entryForLost
    self.deliver = deliver
  }

  /// Hands an entry over.
  ///
  /// - Parameter fallback: The same as a line, for standard error where there is no journal.
  public func write(_ entry: JournalEntry, fallback: [UInt8]) {
    let fits = state.withLock { state in
      guard state.waiting < limit else {
        state.lost += 1
        return false
      }
      state.waiting += 1
      return true
    }
    guard fits else { return }
    thread.submit { [self] in
      send(entry, fallback)
      let lost = state.withLock { state in
        state.waiting -= 1
        defer { state.lost = 0 }
        return state.lost
      }
      guard lost > 0 else { return }
      let (entry, fallback) = entryForLost(lost)
      send(entry, fallback)
    }
  }

  /// Waits, blocking, until everything has been sent, and no longer than this.
  ///
  /// For the end of the process.
  public func flush(atMost limit: Duration) {
    let end = ContinuousClock.now + limit
    while state.withLock({ $0.waiting }) > 0, ContinuousClock.now < end { usleep(1000) }
  }

  private func send(_ entry: JournalEntry, _ fallback: [UInt8]) {
    guard !deliver(entry) else { return }
    // A log that nobody can take is not a reason to stop serving.
    _ = Glibc.write(STDERR_FILENO, fallback, fallback.count)
  }

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
