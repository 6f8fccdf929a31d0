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
      deliver: { Self.write($0, to: descriptor) })
  }

  /// Writes a line, at once where that does not block.
  func write(_ line: [UInt8]) {
    outbox.submit(line) { line in
      // PIPE_BUF: so much is taken by any pipe that can be written to at all (pipe(7)), and never mixed with other lines.
      guard isFile || line.count <= Int(PIPE_BUF) && Self.canWrite(to: descriptor, within: 0) else {
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

  /// - Parameter milliseconds: How long it may take to become so; -1 for any time.
  private static func canWrite(to descriptor: Int32, within milliseconds: Int32) -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&question, 1, milliseconds) == 1 && question.revents & Int16(POLLOUT) != 0
  }

  private static func write(_ line: [UInt8], to descriptor: Int32) {
    var rest = line[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Somebody who shares the descriptor made it non-blocking.
        _ = canWrite(to: descriptor, within: -1)
      } else if errno != EINTR {
        // A log that nobody can take is not a reason to stop serving.
        return
      }
    }
  }
}
