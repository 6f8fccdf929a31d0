import Glibc

/// A process that no other one is mistaken for, also when its number is given again.
struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
  let pid: pid_t
  /// In clock ticks after the machine's start (proc_pid_stat(5), field 22); nil where that cannot be read.
  let started: UInt64?

  var description: String { "pid \(pid)" + (started.map { "@\($0)" } ?? "") }
}

/// Finds the processes that hold sockets, in `/proc/PID/fd`.
///
/// Sees what the daemon's user may see: processes of other users, of other process namespaces and, under `hidepid`,
/// of anybody else do not show. Where several processes hold a socket, because one was started by the other and inherited it, the
/// one that had it first is found.
struct PortOwners: Sendable {
  /// Where processes were found before is looked first: whoever connects once does so again.
  private var lastFound: [pid_t] = []
  private let root: String
  private let effort: Int

  private static let remembered = 16
  /// What it costs to open the directory of a process, in descriptors looked at.
  private static let effortForProcess = 8

  /// - Parameters:
  ///   - root: where the process file system is.
  ///   - effort: how many descriptors one search may look at, a microsecond or two each; what is not found by then
  ///     counts as not known. A number and no time, so that a busy machine does not change who is who.
  init(root: String = "/proc", effort: Int = 20_000) {
    (self.root, self.effort) = (root, effort)
  }

  /// Which process it is that has this number now.
  func identity(of pid: pid_t) -> ProcessIdentity {
    ProcessIdentity(pid: pid, started: startTime(of: pid))
  }

  /// The holders of sockets, by inode; those that were not found are missing.
  mutating func find(_ inodes: Set<UInt32>) -> [UInt32: ProcessIdentity] {
    var search = Search(wanted: inodes, effort: effort)
    for pid in lastFound where search.goesOn { look(into: pid, for: &search) }
    // Downwards, because who was started last is more often who connects now.
    if search.goesOn {
      for pid in processes().sorted(by: >) where search.goesOn && !lastFound.contains(pid) {
        look(into: pid, for: &search)
      }
    }
    for (inode, owner) in search.found { search.found[inode] = firstHolder(owner, of: inode) }
    for owner in Set(search.found.values) {
      lastFound.removeAll { $0 == owner.pid }
      lastFound.insert(owner.pid, at: 0)
    }
    lastFound.removeLast(max(0, lastFound.count - Self.remembered))
    return search.found
  }

  private struct Search {
    var wanted: Set<UInt32>
    /// What is left.
    var effort: Int
    var found: [UInt32: ProcessIdentity] = [:]

    var goesOn: Bool { !wanted.isEmpty && effort > 0 }
  }

  private func look(into pid: pid_t, for search: inout Search) {
    search.effort -= Self.effortForProcess
    guard let directory = Directory("\(root)/\(pid)/fd") else { return }
    var identity: ProcessIdentity?
    while search.goesOn, let entry = directory.next() {
      search.effort -= 1
      guard let inode = directory.socket(at: entry), search.wanted.remove(inode) != nil else { continue }
      let owner = identity ?? self.identity(of: pid)
      identity = owner
      search.found[inode] = owner
    }
  }

  /// The process that another one inherited a socket from, or that one itself.
  private func firstHolder(_ owner: ProcessIdentity, of inode: UInt32) -> ProcessIdentity {
    var owner = owner
    for _ in 0..<Self.generations {
      guard let parent = parent(of: owner.pid), parent > 1 else { break }
      var search = Search(wanted: [inode], effort: effort)
      look(into: parent, for: &search)
      guard let holder = search.found[inode] else { break }
      owner = holder
    }
    return owner
  }

  /// Nobody inherits over more.
  private static let generations = 8

  private func processes() -> [pid_t] {
    guard let directory = Directory(root) else { return [] }
    var processes: [pid_t] = []
    while let entry = directory.next() {
      if let pid = decimal(UnsafeRawBufferPointer(start: entry, count: strlen(entry))) {
        processes.append(pid_t(truncatingIfNeeded: pid))
      }
    }
    return processes
  }

  private func startTime(of pid: pid_t) -> UInt64? { field(22, of: pid) }

  private func parent(of pid: pid_t) -> pid_t? { field(4, of: pid).flatMap { pid_t(exactly: $0) } }

  /// A field of `/proc/PID/stat`, counted as proc_pid_stat(5) does.
  private func field(_ number: Int, of pid: pid_t) -> UInt64? {
    let file = open("\(root)/\(pid)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    // Until field 22 come at most a name of 64 bytes and twenty numbers.
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = read(file, &bytes, bytes.count)
    // The name may hold anything, blanks and parentheses as well; behind the last one begins field 3.
    guard count > 0, let name = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = bytes[(name + 1)..<count].split(separator: UInt8(ascii: " "))
    guard fields.count > number - 3 else { return nil }
    return fields[number - 3].withUnsafeBytes { decimal($0) }
  }
}

/// A directory being read.
private final class Directory {
  private let stream: OpaquePointer

  init?(_ path: String) {
    guard let stream = opendir(path) else { return nil }
    self.stream = stream
  }

  deinit { closedir(stream) }

  /// The next name, until the next call; nil at the end.
  func next() -> UnsafePointer<CChar>? {
    guard let entry = readdir(stream), let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
      return nil
    }
    return UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
  }

  /// The inode of the socket that a link of the directory names: `socket:[4711]`.
  func socket(at entry: UnsafePointer<CChar>) -> UInt32? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
      guard let text = room.baseAddress else { return nil }
      let count = readlinkat(dirfd(stream), entry, text, room.count)
      let prefix = 8
      guard count > prefix + 1, memcmp(text, "socket:[", prefix) == 0 else { return nil }
      return decimal(UnsafeRawBufferPointer(room)[prefix..<(count - 1)]).flatMap { UInt32(exactly: $0) }
    }
  }
}

/// A number of nothing but digits.
private func decimal(_ text: some Collection<UInt8>) -> UInt64? {
  var number: UInt64 = 0
  for byte in text {
    guard (0x30...0x39).contains(byte), number < UInt64.max / 100 else { return nil }
    number = number * 10 + UInt64(byte - 0x30)
  }
  return text.isEmpty ? nil : number
}
