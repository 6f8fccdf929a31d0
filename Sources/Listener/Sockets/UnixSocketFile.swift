import Glibc

/// The file of a unix socket that this process made.
struct UnixSocketFile: Sendable {
  let path: String
  private let device: dev_t
  private let inode: ino_t

  /// Binds a socket to `path`, with its mode and owner right from the first moment that others can see it.
  ///
  /// A socket that a dead process left behind is replaced; one that somebody listens on, and anything that is not
  /// a socket, is not. Of two daemons that start at once one finds the other listening: from the look at the old socket
  /// until the new one listens, the directory is locked.
  static func open(
    _ path: String, mode: UInt16, owner: SocketOwner, for address: ListenAddress
  ) throws(ListenError) -> ListeningSocket {
    let lock = try DirectoryLock(above: path, for: address)
    defer { lock.release() }
    try clearStale(path, for: address)
    let descriptor = socket(AF_UNIX, SOCK_STREAM_TYPE | SOCK_CLOEXEC_TYPE, 0)
    guard descriptor >= 0 else { throw ListenError(address, errno: errno) }
    // bind(2) makes the file with the mode of the socket itself (minus the umask), so no one else can connect
    // before it has its owner.
    guard
      fchmod(descriptor, 0o600) == 0, withAddress(path, { Glibc.bind(descriptor, $0, $1) }) == 0
    else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw ListenError(address, errno: code)
    }
    let file = UnixSocketFile(path)
    guard let file, file.dress(mode, owner), Glibc.listen(descriptor, ListeningSocket.backlog) == 0 else {
      let code = errno
      _ = Glibc.close(descriptor)
      file?.remove()
      throw ListenError(address, errno: code)
    }
    return ListeningSocket(descriptor: descriptor, bound: .unix(path: path), file: file)
  }

  /// Gives the file its owner and mode; `false` leaves the reason in `errno`.
  ///
  /// By a descriptor for the very file that was looked at, because chmod(2) by path follows a symbolic link that somebody
  /// who may write to the directory could have put there meanwhile.
  private func dress(_ mode: UInt16, _ owner: SocketOwner) -> Bool {
    let handle = Glibc.open(path, O_PATH_FLAG | O_NOFOLLOW | O_CLOEXEC)
    guard handle >= 0 else { return false }
    defer { _ = close(handle) }
    var status = stat()
    guard fstat(handle, &status) == 0 else { return false }
    guard status.st_dev == device, status.st_ino == inode, status.st_mode & S_IFMT == S_IFSOCK,
      status.st_uid == geteuid()
    else {
      errno = EEXIST
      return false
    }
    // fchmod(2) refuses such a descriptor; the way through /proc leads to its file and nowhere else (open(2), O_PATH).
    return owner.own(handle) && chmod("/proc/self/fd/\(handle)", mode_t(mode)) == 0
  }

  /// Remembers which file is at `path` now.
  private init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    (self.path, device, inode) = (path, status.st_dev, status.st_ino)
  }

  /// Removes the file, unless another process has put its own in the place.
  func remove() {
    guard let now = UnixSocketFile(path), now.device == device, now.inode == inode else { return }
    unlink(path)
  }

  private static func clearStale(_ path: String, for address: ListenAddress) throws(ListenError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw ListenError(address, errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw ListenError(address, .notASocket) }
    let probe = socket(AF_UNIX, SOCK_STREAM_TYPE | SOCK_CLOEXEC_TYPE | SOCK_NONBLOCK_TYPE, 0)
    guard probe >= 0 else { throw ListenError(address, errno: errno) }
    defer { _ = close(probe) }
    let answer = withAddress(path) { connect(probe, $0, $1) }
    // Only this answer means that the file is there and nobody is behind it (connect(2)). EAGAIN means a full
    // backlog, EACCES that we may not know.
    guard answer != 0, errno == ECONNREFUSED else {
      throw answer == 0 || errno == EAGAIN ? ListenError(address, .inUse) : ListenError(address, errno: errno)
    }
    guard unlink(path) == 0 else { throw ListenError(address, errno: errno) }
  }

  /// Lends `path` as a socket address; the caller has made sure that it fits (``ListenAddressError/badPath(_:)``).
  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard path.utf8.count < room.count else { return false }
      room.copyBytes(from: path.utf8)
      return true
    }
    guard fits else {
      errno = ENAMETOOLONG
      return -1
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// `O_PATH` of fcntl.h on Linux, which Swift's Glibc module does not show: a place in the file system and nothing more.
private let O_PATH_FLAG: CInt = 0o10000000

/// See ``SOCK_STREAM_TYPE``.
private let SOCK_NONBLOCK_TYPE = CInt(bitPattern: SOCK_NONBLOCK.rawValue)
