import Glibc
public import Sealing

/// Why the key directory cannot be used, in words that say what to do.
///
/// Nothing that was there before is changed when one of these is thrown by `load`.
public struct KeyDirectoryFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// The system refused something, with this error number.
    case system(doing: String, errno: Int32)
    /// Something else stands where the directory should be.
    case notDirectory
    /// Others may replace the files in it.
    case directoryWritable(mode: UInt32)
    /// It belongs to another user.
    case foreignOwner(uid: UInt32)
    /// Another process uses the directory.
    case inUse
    /// The private key is a symbolic link.
    case symbolicLink
    /// The private key is a directory, a pipe or a device.
    case notRegular
    /// Others may read or write the private key.
    case permissions(mode: UInt32)
    /// A password is needed and none is configured.
    case passwordMissing
    /// The configured password does not open the key.
    case passwordWrong
    /// The configured password is empty.
    case passwordEmpty
    /// The file holds no key that can be used.
    case document(KeyDocumentError)
    /// Somebody else changed the private key since it was loaded.
    case changedMeanwhile
    /// The key could not be put into a document.
    case encoding(SealingError)
  }

  /// The file or directory that it is about.
  public let path: String
  /// What is wrong with it.
  public let reason: Reason

  /// What happened, why, and what to do next.
  public var description: String { "\(path) \(what); \(remedy)" }

  private var what: String {
    switch reason {
    case .system(let doing, let number): "could not be \(doing): \(String(cString: strerror(number)))"
    case .notDirectory: "is not a directory"
    case .directoryWritable(let mode): "can be written by others (mode \(octal(mode)))"
    case .foreignOwner(let uid): "belongs to user \(uid), and this process runs as user \(geteuid())"
    case .inUse: "is in use by another process"
    case .symbolicLink: "is a symbolic link"
    case .notRegular: "is not a regular file"
    case .permissions(let mode): "can be reached by others (mode \(octal(mode)))"
    case .passwordMissing: "is protected by a password, and none is configured"
    case .passwordWrong: "does not open with the configured password"
    case .passwordEmpty: "cannot be protected by an empty password"
    case .document(.needlessPassword): "is not protected by a password, but one is configured"
    case .document(let error): "holds no usable private key: \(error)"
    case .changedMeanwhile: "was changed by somebody else while it was in use, and was left alone"
    case .encoding: "was not written: OpenSSL could not encode the key"
    }
  }

  private var remedy: String {
    switch reason {
    case .system(_, ENOSPC), .system(_, EDQUOT): "make room on the file system"
    case .system: "see that the user of this process may read and write it"
    case .notDirectory: "let keys.directory name a directory"
    case .directoryWritable: "run: chmod 700 '\(path)'"
    case .foreignOwner: "run the daemon as its owner, or give it to the daemon's user with chown"
    case .inUse: "stop the other daemon, or give each its own keys.directory"
    case .symbolicLink: "put the file itself there"
    case .notRegular: "move it away, or let keys.directory name another directory"
    case .permissions: "run: chmod 600 '\(path)' if nobody has read it, or move it away to get a new key"
    case .passwordMissing:
      "let keys.password_file name the file with its password, or set the credential client-key-password"
    case .passwordWrong:
      "put the password that the key was saved with into the file of keys.password_file or the credential "
        + "client-key-password, or move the key away to get a new one"
    case .passwordEmpty: "put a password into the file of keys.password_file, or leave that key out"
    case .document(.needlessPassword):
      "leave keys.password_file and the credential client-key-password out, or move the file away to get a new key"
    case .document: "put the right file there, or move it away to get a new key"
    case .changedMeanwhile: "restart the daemon to load what is there now"
    case .encoding: "try again, and report it if it happens again"
    }
  }

  private func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
