import CPlatform
import Glibc
import Synchronization

/// The protection of this process's memory against swap space, core dumps, other processes and its own leftovers.
public enum SecureMemory {
  /// Puts in force what `mode` asks for, in this process and for good.
  ///
  /// Call it before anything secret is read and before other threads start. With `off` nothing is done at all. The
  /// report says nothing about `secureHeapBytes`, which is OpenSSL's and set up by `CryptoLibrary`.
  ///
  /// - Throws: in mode `required`, when something is missing; its description says what to do.
  public static func apply(_ mode: SecureMemoryMode) throws(SecureMemoryError) -> SecureMemoryReport {
    var report = SecureMemoryReport(mode: mode)
    guard mode != .off else { return report }
    let limit = MemoryLockLimit.raise()
    // Locked pages of the heap cannot be given back by trimming it, so large bodies must not come to lie there.
    _ = cplatform_map_large_blocks(largeBlock, keptHeap)
    report.fillsFreedMemory = cplatform_fill_freed_memory()
    report.isUndumpable = forbidDumps()
    report.isLocked = limit.allowsEverything && cplatform_lock_all_pages()
    if !report.isLocked { SecretBytes.locksPagesOfItsOwn.store(true, ordering: .relaxed) }
    report.remedy = remedy(for: report, limit)
    if mode == .required, let remedy = report.remedy { throw SecureMemoryError(description: remedy) }
    return report
  }

  /// Blocks of at least so many bytes are mapped on their own.
  ///
  /// Mapping is free beside what is done with so much memory; at 1 MiB it cost a quarter of an exchange.
  private static let largeBlock = 4 << 20
  /// Giving heap back and getting it again for each exchange of 1 MiB costs as much.
  private static let keptHeap = 64 << 20

  /// Overwrites what functions that have returned left on this thread's stack.
  ///
  /// For threads that go on living after they read a key; takes about a microsecond.
  public static func wipeStack() { cplatform_wipe_stack() }

  private static func forbidDumps() -> Bool {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 && cplatform_forbid_dumps()
  }

  /// What is missing and what to do about it, in sentences; nil when nothing is.
  static func remedy(for report: SecureMemoryReport, _ limit: MemoryLockLimit) -> String? {
    var sentences: [String] = []
    if !report.isLocked {
      sentences.append(
        """
        Prompts and answers in memory can be written to swap space, because the memory-lock limit is \(limit); \
        lift it with LimitMEMLOCK=infinity in the systemd unit, --ulimit memlock=-1 or --cap-add IPC_LOCK for a \
        container, or ulimit -l unlimited in a shell.
        """)
    }
    if !report.isUndumpable {
      sentences.append("Core dumps could not be forbidden; allow the system calls prctl and prlimit64.")
    }
    if !report.fillsFreedMemory {
      sentences.append(
        "Freed memory is not overwritten; use a release build without sanitizers and without replaced free.")
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }
}

/// Why `SecureMemoryMode.required` cannot be fulfilled.
public struct SecureMemoryError: Error, Equatable, CustomStringConvertible {
  /// What is missing and what to do about it.
  public let description: String

  /// An error that says what is missing and what to do about it.
  public init(description: String) { self.description = description }
}

/// How much memory this process may lock (`RLIMIT_MEMLOCK`, getrlimit(2)).
struct MemoryLockLimit: CustomStringConvertible {
  /// In bytes; nil for no limit.
  let byteCount: UInt64?
  /// Whether every mapping of the process can be locked, whatever the limit says.
  let allowsEverything: Bool

  /// Raises the limit as far as the system lets it go.
  ///
  /// Under a limit, locking all pages makes later mappings fail, those of new threads among them, so only a process
  /// without one may try. `CAP_IPC_LOCK` lifts it, but not if it was given inside a user namespace: that is found out
  /// by asking for more than the limit.
  static func raise() -> MemoryLockLimit {
    let resource = __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else {
      return MemoryLockLimit(byteCount: 0, allowsEverything: false)
    }
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    if setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
    // RLIM_INFINITY, which is all bits set, is not in Swift's Glibc module.
    guard limit.rlim_cur != rlim_t.max else { return MemoryLockLimit(byteCount: nil, allowsEverything: true) }
    let more = Int(clamping: limit.rlim_cur).addingReportingOverflow(1)
    return MemoryLockLimit(
      byteCount: UInt64(limit.rlim_cur),
      allowsEverything: !more.overflow && cplatform_can_lock(more.partialValue))
  }

  var description: String {
    switch byteCount {
    case nil: "lifted and locking failed all the same"
    case .some(let bytes) where bytes >= 1 << 20: "\(bytes >> 20) MiB"
    case .some(let bytes): "\(bytes) bytes"
    }
  }
}
