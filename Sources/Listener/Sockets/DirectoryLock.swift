import Glibc
import Platform

/// A directory in which nobody else of this program replaces a socket meanwhile.
///
/// The directory itself is locked, so nothing is left behind; the lock goes with its descriptor, also when the process
/// dies. Other programs do not heed it.
struct DirectoryLock {
  /// Far longer than another daemon takes from looking to listening.
  ///
  /// Somebody else's lock must not keep us from listening: after this time the rare race is the smaller evil.
  private static let patience: Duration = .seconds(2)

  /// nil where the lock is not to be had; the directory may be one that can be written to and not read, which a lock needs.
  private let descriptor: CInt?

  /// Waits for the lock on the directory of `path`, and not for ever.
  init(above path: String, for address: ListenAddress) throws(ListenError) {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == EACCES else { throw ListenError(address, errno: errno) }
      self.descriptor = nil
      return
    }
    // File systems of other machines may know no locks.
    guard (try? Descriptor.lock(descriptor, patience: Self.patience)) == true else {
      _ = close(descriptor)
      self.descriptor = nil
      return
    }
    self.descriptor = descriptor
  }

  /// Lets others go on.
  func release() {
    if let descriptor { _ = close(descriptor) }
  }
}
