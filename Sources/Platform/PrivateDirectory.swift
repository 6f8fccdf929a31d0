import Glibc

/// Directories whose entries only their owner can replace.
public enum PrivateDirectory {
  /// Who else than this process's user and root could put something else in place of what is in the directory, in
  /// words that follow nothing; nil when nobody could.
  ///
  /// A directory that does not exist has no flaw: whoever needs it finds out.
  public static func flaw(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      return "\(path) belongs to user \(status.st_uid)"
    }
    let mode = status.st_mode & 0o7777
    return mode & 0o022 == 0 ? nil : "\(path) can be written by others (mode 0\(String(mode, radix: 8)))"
  }

  /// Whether a socket can be taken for that of a program that this user steers.
  ///
  /// It belongs to this user, to root, or to whoever owns its directory, and nobody else could have put it there. A socket
  /// that does not exist is no danger: whoever calls it finds out.
  public static func isTrustworthy(socket path: String) -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    let parent = slash == path.startIndex ? "/" : String(path[..<slash])
    var (socket, directory) = (stat(), stat())
    guard lstat(path, &socket) == 0, stat(parent, &directory) == 0 else { return true }
    let isOurs = socket.st_uid == geteuid() || socket.st_uid == 0
    if directory.st_mode & 0o022 != 0 { return isOurs && directory.st_mode & S_ISVTX != 0 }
    return isOurs || socket.st_uid == directory.st_uid
  }
}
