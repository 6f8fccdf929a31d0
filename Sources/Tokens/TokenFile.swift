import Glibc
import Platform

/// The file of local tokens, as `nomyo-proxy tokens` reads and extends it.
///
/// The daemon only reads it. Whoever adds a token writes a new file beside the old one and puts it in its place, so that a
/// reader sees the one or the other and a crash in between loses nothing.
public struct TokenFile: Sendable {
  /// A file that this program makes can be read by everybody, the user of a service among them: what is in it are digests
  /// of 256 random bits, from which nobody gets a token.
  private static let firstMode: mode_t = 0o644
  /// How long another command may take that adds a token.
  private static let patience: Duration = .seconds(5)

  /// The path with all symbolic links followed, so that a link stays one.
  public let path: String

  private let directory: String
  private let name: String

  /// A file that may not exist yet.
  public init(_ path: String) {
    let real = realpath(path, nil)
    defer { free(real) }
    self.path = real.map { String(cString: $0) } ?? path
    let slash = self.path.lastIndex(of: "/") ?? self.path.startIndex
    directory = slash == self.path.startIndex ? "/" : String(self.path[..<slash])
    name = String(self.path[slash...].drop { $0 == "/" })
  }

  /// What is in it; empty where there is no file.
  public func load() throws(TokenFileFault) -> TokenList {
    guard let file = try open() else { return try list([]) }
    return try list(file.bytes)
  }

  /// Adds a line at the end, with mode, owner and group as they were.
  ///
  /// - Parameter entry: the name, and the line as ``NewToken/line(named:)`` writes it.
  /// - Throws: also for a file that cannot be read, and for a name that is in it: nothing is changed then.
  public func append(_ entry: (name: String, line: String)) throws(TokenFileFault) {
    let folder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .system(directory, "opening it", errno) }
    defer { close(folder) }
    // Of two commands at once, the second reads what the first has written.
    let isLocked = try system(directory, "locking it") { () throws(Descriptor.Fault) in
      try Descriptor.lock(folder, patience: Self.patience)
    }
    guard isLocked else { throw .system(directory, "locking it", EWOULDBLOCK) }
    let old = try open()
    var bytes = old?.bytes ?? []
    guard !(try list(bytes)).names.contains(entry.name) else { throw .nameTaken(entry.name, path) }
    if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
    bytes += Array((entry.line + "\n").utf8)
    _ = try list(bytes)
    try replace(with: bytes, as: old, in: folder)
  }

  // MARK: Reading

  private struct Contents {
    var bytes: [UInt8]
    var status: stat
  }

  private func list(_ bytes: [UInt8]) throws(TokenFileFault) -> TokenList {
    do throws(TokenListFaults) { return try TokenList(parsing: bytes) } catch {
      throw .unreadable(path, error)
    }
  }

  private func open() throws(TokenFileFault) -> Contents? {
    // Not blocking, in case somebody put a pipe there.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .system(path, "opening it", errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path, "looking at it", errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    let bytes = try system(path, "reading it") { () throws(Descriptor.Fault) in
      try Descriptor.readAll(descriptor, limit: TokenList.byteLimit)
    }
    guard let bytes else { throw .tooLarge(path) }
    return Contents(bytes: bytes, status: status)
  }

  // MARK: Writing

  private func replace(with bytes: [UInt8], as old: Contents?, in folder: Int32) throws(TokenFileFault) {
    let draft = ".\(name).\(getpid())"
    let descriptor = openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("\(directory)/\(draft)", "making it", errno) }
    defer { close(descriptor) }
    do throws(TokenFileFault) {
      try dress(descriptor, like: old, in: folder)
      try system(path, "writing it") { () throws(Descriptor.Fault) in
        try Descriptor.writeAll(bytes[...], to: descriptor)
      }
      guard fsync(descriptor) == 0, renameat(folder, draft, folder, name) == 0 else {
        throw .system(path, "writing it", errno)
      }
    } catch {
      unlinkat(folder, draft, 0)
      throw error
    }
    // The file is whole either way; this only makes the new name last through a power cut.
    _ = fsync(folder)
  }

  /// Gives the new file the mode and owners of the old one; a first one that root makes gets the directory's group.
  private func dress(_ descriptor: Int32, like old: Contents?, in folder: Int32) throws(TokenFileFault) {
    var (now, above) = (stat(), stat())
    guard fstat(descriptor, &now) == 0, fstat(folder, &above) == 0 else {
      throw .system(path, "looking at it", errno)
    }
    let user = old?.status.st_uid ?? now.st_uid
    let group = old?.status.st_gid ?? (geteuid() == 0 ? above.st_gid : now.st_gid)
    if (user, group) != (now.st_uid, now.st_gid), fchown(descriptor, user, group) != 0 {
      throw .system(path, "keeping its owner", errno)
    }
    guard fchmod(descriptor, (old?.status.st_mode ?? Self.firstMode) & 0o777) == 0 else {
      throw .system(path, "keeping its mode", errno)
    }
  }

  /// What failed where, in place of the bare number.
  private func system<Result>(
    _ path: String, _ step: String, _ call: () throws(Descriptor.Fault) -> Result
  ) throws(TokenFileFault) -> Result {
    do throws(Descriptor.Fault) { return try call() } catch { throw .system(path, step, error.number) }
  }
}
