import Glibc

/// System calls on open descriptors, made until they are done or fail.
///
/// A call that a signal interrupted (EINTR) is made again.
public enum Descriptor {
  /// Why a call failed: the number that errno(3) explains.
  public struct Fault: Error, Equatable {
    /// From errno.
    public let number: Int32
  }

  /// Reads up to the end.
  ///
  /// - Returns: nil if there are more than `limit` bytes.
  public static func readAll(_ descriptor: Int32, limit: Int) throws(Fault) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk[..<count]
        guard bytes.count <= limit else { return nil }
      } else if errno != EINTR {
        throw Fault(number: errno)
      }
    }
  }

  /// Writes everything.
  ///
  /// A descriptor that somebody made non-blocking is waited for.
  public static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(Fault) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 {
        throw Fault(number: EIO)
      } else if errno == EAGAIN {
        _ = canWrite(to: descriptor, within: -1)
      } else if errno != EINTR {
        throw Fault(number: errno)
      }
    }
  }

  /// Whether writing would not block.
  ///
  /// - Parameter milliseconds: How long it may take to become so; -1 for any time.
  public static func canWrite(to descriptor: Int32, within milliseconds: Int32) -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&question, 1, milliseconds) == 1 && question.revents & Int16(POLLOUT) != 0
  }

  /// Locks an open file or directory for this descriptor alone (flock(2)).
  ///
  /// Whoever may read a file can lock it and never let go, so waiting has an end.
  ///
  /// - Returns: Whether the lock was had in time.
  public static func lock(_ descriptor: Int32, patience: Duration) throws(Fault) -> Bool {
    let deadline = ContinuousClock.now + patience
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Fault(number: errno) }
      guard ContinuousClock.now < deadline else { return false }
      var pause = timespec(tv_sec: 0, tv_nsec: 5_000_000)
      nanosleep(&pause, nil)
    }
    return true
  }
}
