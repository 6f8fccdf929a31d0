import Glibc
import Logging
import Platform
import Service

/// Where lines of the log go: standard error, whatever that is.
///
/// A line is written by whoever logs as long as that cannot block. A reader that stands still, such as the pager at the
/// other end of a pipe or a terminal that was stopped with Ctrl-S, holds up a thread made for that and nobody else.
public final class LineOutput: Sendable {
  private let descriptor: Int32
  private let isFile: Bool
  private let outbox: LogOutbox<[UInt8]>

  /// An output to a descriptor that stays open.
  ///
  /// - Parameters:
  ///   - style: For the line that says how many are missing.
  ///   - limit: How many lines may wait.
  public init(_ descriptor: Int32, style: LogStyle, limit: Int = 4096) {
    self.descriptor = descriptor
    var status = stat()
    isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    outbox = LogOutbox(
      limit: limit, threadName: "nomyo-log",
      itemForLost: { count in
        let (event, metadata) = LogMessage.event(forLost: count)
        return style.line(event, metadata: metadata, time: Timestamp.now())
      },
      // A log that nobody can take is not a reason to stop serving.
      deliver: { try? Descriptor.writeAll($0[...], to: descriptor) })
  }

  /// Writes a line, at once where that does not block.
  func write(_ line: [UInt8]) {
    outbox.submit(line) { line in
      // PIPE_BUF: so much is taken by any pipe that can be written to at all (pipe(7)), and never mixed with other lines.
      guard isFile || line.count <= Int(PIPE_BUF) && Descriptor.canWrite(to: descriptor, within: 0) else {
        return false
      }
      let written = Glibc.write(descriptor, line, line.count)
      guard written >= 0 else { return errno != EAGAIN && errno != EINTR }
      line.removeFirst(written)
      return line.isEmpty
    }
  }

  /// Waits, blocking, until everything has been written, and no longer than this.
  ///
  /// For the end of the process.
  func flush(atMost limit: Duration) { outbox.flush(atMost: limit) }
}
