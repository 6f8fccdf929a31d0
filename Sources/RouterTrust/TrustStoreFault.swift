import Glibc

/// Why what is remembered of routers cannot be read or kept.
///
/// Whatever is there stays as it is: nothing is repaired by guessing.
public enum TrustStoreFault: Error, Equatable, Sendable {
  /// The system refused a step on this path.
  case system(path: String, step: String, errno: Int32)
  /// Someone else could have written it: `reason` says how.
  case notPrivate(path: String, reason: String)
  /// It is not what this program writes.
  case unreadable(path: String, reason: String)
  /// The log has entries, so there was a record, and it is gone.
  case recordMissing(path: String, log: String)
  /// Nothing is remembered of a router any more that this process does remember.
  case forgotten(path: String)
  /// The log was altered or cut.
  case brokenLog(path: String, flaw: TrustLogFlaw)
  /// The file has grown to its limit.
  case full(path: String, limit: Int)
  /// Another process holds the lock and does not let go.
  case busy(path: String)
}

extension TrustStoreFault: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .system(let path, let step, let errno):
      "\(path): \(step) failed: \(String(cString: strerror(errno))); see that the user of this process may read and "
        + "write it"
    case .notPrivate(let path, let reason):
      "\(path): \(reason); it is not used until that is put right"
    case .unreadable(let path, let reason):
      "\(path): \(reason); it is left as it is: restore it, or move it and the trust log away to begin anew"
    case .recordMissing(let path, let log):
      "\(path) is missing although \(log) has entries: restore it, or move the log away to begin anew"
    case .forgotten(let path):
      "\(path) no longer knows the router's keys that this process was told by it: restore it, or restart the daemon to "
        + "begin anew"
    case .brokenLog(let path, let flaw):
      "\(path): \(flaw); nothing is added to it: keep a copy, look into it, then set it aside to begin a new log"
    case .full(let path, let limit):
      "\(path) has reached \(limit) bytes; nothing is added to it: set it aside to begin a new one"
    case .busy(let path):
      "\(path) is locked by another process"
    }
  }
}
