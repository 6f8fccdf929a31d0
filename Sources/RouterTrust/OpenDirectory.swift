import Glibc
import Platform

/// An open state directory: files in it are read, replaced and added to, each only if nobody else can write it.
///
/// Files belong to whom the directory belongs to, so that root can work on a service's files and leave them usable.
package final class OpenDirectory {
  private let directory: StateDirectory
  private let descriptor: Int32
  private let owner: uid_t

  /// Takes the descriptor over.
  init(_ directory: StateDirectory, _ descriptor: Int32) throws(TrustStoreFault) {
    self.directory = directory
    self.descriptor = descriptor
    var status = stat()
    let failure = fstat(descriptor, &status) == 0 ? 0 : errno
    owner = status.st_uid
    guard failure == 0 else { throw .system(path: directory.path, step: "looking at it", errno: failure) }
    guard owner == geteuid() || geteuid() == 0 else {
      throw .notPrivate(
        path: directory.path, reason: "the directory belongs to another user; work as that user, or as root")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw .notPrivate(path: directory.path, reason: "others can write to the directory (chmod go-w)")
    }
  }

  deinit { close(descriptor) }

  /// Where a file of this directory is.
  func path(_ name: String) -> String { directory.path + "/" + name }

  // MARK: Reading

  /// The bytes of a file of at most `limit`.
  ///
  /// - Returns: nil when there is none.
  package func read(_ name: String, limit: Int) throws(TrustStoreFault) -> [UInt8]? {
    // Without O_NONBLOCK the opening of a pipe would wait for its writer.
    guard let file = try open(name, O_RDONLY | O_NONBLOCK) else { return nil }
    defer { close(file) }
    let bytes: [UInt8]?
    do throws(Descriptor.Fault) { bytes = try Descriptor.readAll(file, limit: limit) } catch {
      throw .system(path: path(name), step: "reading", errno: error.number)
    }
    guard let bytes else { throw .full(path: path(name), limit: limit) }
    return bytes
  }

  // MARK: Writing

  /// Puts bytes in the place of a file, so that at any moment it is the old one or the new one as a whole.
  package func replace(_ name: String, with bytes: [UInt8]) throws(TrustStoreFault) {
    let temporary = name + ".new"
    try step(.remove, temporary) {
      unlinkat(descriptor, temporary, 0) == 0 || errno == ENOENT
    }
    try step(.create, temporary)
    let file = openat(
      descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path(temporary), step: "creating", errno: errno) }
    do throws(TrustStoreFault) {
      defer { close(file) }
      try own(file, temporary)
      try write(bytes, to: file, temporary, .write)
      try step(.sync, temporary) { fsync(file) == 0 }
    } catch {
      _ = try? step(.remove, temporary) { unlinkat(descriptor, temporary, 0) == 0 }
      throw error
    }
    try step(.rename, name) { renameat(descriptor, temporary, descriptor, name) == 0 }
    try step(.syncDirectory, name) { fsync(descriptor) == 0 }
  }

  /// Adds bytes to a file, which is made if there is none.
  ///
  /// - Parameter length: What the file is to hold before; anything after that is an entry that was never finished.
  package func append(_ bytes: [UInt8], to name: String, after length: Int) throws(TrustStoreFault) {
    try step(.open, name)
    let flags = O_WRONLY | O_APPEND
    guard let file = try open(name, flags | O_CREAT) else {
      throw .system(path: path(name), step: "opening", errno: ENOENT)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .system(path: path(name), step: "looking at it", errno: errno)
    }
    // It was read with the lock held: who made it shorter since does not keep to the lock.
    guard status.st_size >= length else { throw .system(path: path(name), step: "adding", errno: EIO) }
    if status.st_size > length { try truncate(file, name, to: length) }
    do throws(TrustStoreFault) {
      try write(bytes, to: file, name, .append)
      try step(.syncLog, name) { fsync(file) == 0 }
    } catch {
      // So that the rest of the disk's last bytes is no torn entry.
      try? truncate(file, name, to: length)
      throw error
    }
    if length == 0 { try step(.syncDirectory, name) { fsync(descriptor) == 0 } }
  }

  /// Gives a file another name.
  func rename(_ name: String, to newName: String) throws(TrustStoreFault) {
    try step(.rename, name) { renameat(descriptor, name, descriptor, newName) == 0 }
    try step(.syncDirectory, name) { fsync(descriptor) == 0 }
  }

  // MARK: One at a time

  /// Does `body` while no other process, and no other thread of this one, does the same with the file `name`.
  func locked<Result>(
    by name: String, _ body: () throws(TrustStoreFault) -> Result
  ) throws(TrustStoreFault) -> Result {
    try step(.lock, name)
    guard let file = try open(name, O_RDWR | O_CREAT) else {
      throw .system(path: path(name), step: "opening", errno: ENOENT)
    }
    defer { close(file) }
    let isLocked: Bool
    do throws(Descriptor.Fault) {
      isLocked = try Descriptor.lock(file, patience: directory.patience)
    } catch {
      throw .system(path: path(name), step: "locking", errno: error.number)
    }
    guard isLocked else { throw .busy(path: path(name)) }
    return try body()
  }

  // MARK: Steps

  /// Opens a file, which must be private; nil when there is none and none is to be made.
  private func open(_ name: String, _ flags: Int32) throws(TrustStoreFault) -> Int32? {
    let file = openat(descriptor, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0o600)
    guard file >= 0 else {
      switch errno {
      case ENOENT where flags & O_CREAT == 0: return nil
      case ELOOP: throw .notPrivate(path: path(name), reason: "it is a symbolic link")
      default: throw .system(path: path(name), step: "opening", errno: errno)
      }
    }
    do throws(TrustStoreFault) {
      if flags & O_CREAT != 0 { try own(file, name) }
      try checkPrivate(file, name)
      return file
    } catch {
      close(file)
      throw error
    }
  }

  private func checkPrivate(_ file: Int32, _ name: String) throws(TrustStoreFault) {
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .system(path: path(name), step: "looking at it", errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notPrivate(path: path(name), reason: "it is not a regular file")
    }
    guard status.st_uid == owner else {
      throw .notPrivate(path: path(name), reason: "it does not belong to the directory's owner")
    }
    guard status.st_mode & 0o7777 & ~0o600 == 0 else {
      throw .notPrivate(path: path(name), reason: "its mode is not 0600 (chmod 600)")
    }
  }

  /// Gives a file that root has just made to the directory's owner; an older one keeps its owner.
  private func own(_ file: Int32, _ name: String) throws(TrustStoreFault) {
    var status = stat()
    guard owner != geteuid(), fstat(file, &status) == 0, status.st_size == 0, status.st_nlink == 1,
      status.st_uid == geteuid()
    else { return }
    guard fchown(file, owner, gid_t.max) == 0 else {
      throw .system(path: path(name), step: "giving it to the directory's owner", errno: errno)
    }
  }

  private func write(
    _ bytes: [UInt8], to file: Int32, _ name: String, _ step: FileStep
  ) throws(TrustStoreFault) {
    var room = bytes.count
    var failure: Int32 = 0
    switch directory.interfere(step) {
    case .fail(let errno): (room, failure) = (0, errno)
    case .failAfter(let count, let errno): (room, failure) = (min(count, room), errno)
    case nil: break
    }
    do throws(Descriptor.Fault) { try Descriptor.writeAll(bytes[..<room], to: file) } catch {
      throw .system(path: path(name), step: "writing", errno: error.number)
    }
    if failure != 0 { throw .system(path: path(name), step: "writing", errno: failure) }
  }

  private func truncate(_ file: Int32, _ name: String, to length: Int) throws(TrustStoreFault) {
    try step(.truncate, name) { ftruncate(file, length) == 0 }
  }

  private func step(
    _ step: FileStep, _ name: String, _ call: () -> Bool = { true }
  ) throws(TrustStoreFault) {
    if case .fail(let number)? = directory.interfere(step) {
      throw .system(path: path(name), step: step.rawValue, errno: number)
    }
    guard call() else { throw .system(path: path(name), step: step.rawValue, errno: errno) }
  }
}
