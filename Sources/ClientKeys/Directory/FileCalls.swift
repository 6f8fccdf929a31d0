import Glibc
import Platform

/// One way in which the key directory touches the file system.
enum FileStep: String, Equatable, Sendable {
  case makeDirectory, openDirectory, lockDirectory, syncDirectory
  case open, read, create, write, syncFile, rename, unlink
}

/// The system refused a step, with this error number.
struct SystemFault: Error, Equatable {
  let step: FileStep
  let number: Int32
}

/// A file or directory that is open; closed with its last holder.
final class OpenFile: Sendable {
  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}

/// The system calls of the key directory, each announced before it is made.
///
/// Whoever is told may refuse the call: that is how tests let a process die, or a disk fail, at every step.
struct FileCalls: Sendable {
  let before: @Sendable (FileStep) throws(SystemFault) -> Void

  /// The file system as it is.
  static let real = FileCalls { _ throws(SystemFault) in }

  func makeDirectory(_ path: String, mode: mode_t) throws(SystemFault) {
    try call(.makeDirectory) { mkdir(path, mode) }
  }

  func openDirectory(_ path: String) throws(SystemFault) -> OpenFile {
    OpenFile(try call(.openDirectory) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
  }

  /// Takes the lock that ends with the last descriptor of this opening, and so with the process.
  func lock(_ directory: OpenFile) throws(SystemFault) {
    try call(.lockDirectory) { flock(directory.descriptor, LOCK_EX | LOCK_NB) }
  }

  /// Opens for reading; never follows a link and never waits for the other end of a pipe.
  func open(_ name: String, in directory: OpenFile) throws(SystemFault) -> OpenFile {
    OpenFile(
      try call(.open) {
        openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      })
  }

  /// Makes a file that did not exist, with exactly these permissions.
  func create(_ name: String, in directory: OpenFile, mode: mode_t) throws(SystemFault) -> OpenFile {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = OpenFile(try call(.create) { openat(directory.descriptor, name, flags, mode) })
    // The umask may have taken bits away.
    guard fchmod(file.descriptor, mode) == 0 else { throw SystemFault(step: .create, number: errno) }
    return file
  }

  func status(_ file: OpenFile) -> stat {
    var status = stat()
    // Cannot fail for an open descriptor and a valid buffer (fstat(2)).
    fstat(file.descriptor, &status)
    return status
  }

  /// What is known of a name without following links; nil when there is no such entry.
  func status(_ name: String, in directory: OpenFile) -> stat? {
    var status = stat()
    return fstatat(directory.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// The first `count` bytes, or as many as there are.
  func read(_ file: OpenFile, count: Int) throws(SystemFault) -> SecretBytes {
    var bytes = SecretBytes(zeroed: count)
    var filled = 0
    while filled < count {
      let got = try bytes.withMutableBytes { buffer throws(SystemFault) in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        return try call(.read) { Glibc.read(file.descriptor, rest.baseAddress, rest.count) }
      }
      if got == 0 { break }
      filled += got
    }
    return filled == count ? bytes : bytes.withBytes { SecretBytes(copying: $0.prefix(filled)) }
  }

  func write(_ bytes: borrowing SecretBytes, to file: OpenFile) throws(SystemFault) {
    try bytes.withBytes { buffer throws(SystemFault) in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        written += try call(.write) { Glibc.write(file.descriptor, rest.baseAddress, rest.count) }
      }
    }
  }

  func sync(_ file: OpenFile) throws(SystemFault) {
    try call(.syncFile) { fsync(file.descriptor) }
  }

  func syncDirectory(_ directory: OpenFile) throws(SystemFault) {
    try call(.syncDirectory) { fsync(directory.descriptor) }
  }

  func rename(_ old: String, to new: String, in directory: OpenFile) throws(SystemFault) {
    try call(.rename) { renameat(directory.descriptor, old, directory.descriptor, new) }
  }

  func unlink(_ name: String, in directory: OpenFile) throws(SystemFault) {
    try call(.unlink) { unlinkat(directory.descriptor, name, 0) }
  }

  @discardableResult
  private func call<Result: SignedInteger>(
    _ step: FileStep, _ body: () -> Result
  ) throws(SystemFault) -> Result {
    try before(step)
    while true {
      let result = body()
      if result >= 0 { return result }
      guard errno == EINTR else { throw SystemFault(step: step, number: errno) }
    }
  }
}
