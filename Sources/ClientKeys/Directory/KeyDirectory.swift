import Glibc
public import Platform
public import Sealing

/// A directory that keeps one client key pair the way NOMYO's own package does (PROTOCOL.md section 3).
///
/// `private_key.pem` (0600) holds PKCS#8, protected by a password or not; `public_key.pem` (0644) is for others to
/// read. What the package saved loads here. What is saved here loads there, but for pairs with more than two primes:
/// the package's parser refuses them ("Invalid key").
///
/// The first call takes a lock on the directory, which is held until the last copy of this value is gone. Calls block,
/// with a password for 0.3 s.
public struct KeyDirectory: ClientKeyStore, Sendable {
  let path: String
  let password: Secret?
  let calls: FileCalls
  /// Held while files are read and written: two calls at once would be two writers.
  let claim = Locked(Claim())

  /// What this process knows of the directory that it has locked.
  struct Claim: Sendable {
    var directory: OpenFile?
    /// What `private_key.pem` was when it was last read or written here.
    var file = PrivateFile.unknown
  }

  /// The private file, as far as it decides whether it may be replaced.
  enum PrivateFile: Equatable, Sendable {
    /// Never looked at, or not loadable: it may not be replaced.
    case unknown
    /// There was none.
    case absent
    /// This very file was loaded or written here.
    case present(FileIdentity)
  }

  /// The directory at `path`, not looked at yet.
  ///
  /// - Parameters:
  ///   - path: Made with mode 0700, as are its parents, when it does not exist.
  ///   - password: What the private key is protected by; nil for none.
  public init(path: String, password: Secret?) {
    self.init(path: path, password: password, calls: .real)
  }

  init(path: String, password: Secret?, calls: FileCalls) {
    self.path = path
    self.password = password
    self.calls = calls
  }

  /// The pair that is kept there; nil when there is none yet.
  ///
  /// A public file that is missing or belongs to another key is written anew, and what an interrupted `save` left is
  /// removed. Nothing else is changed, whatever is thrown.
  public func load() throws(KeyDirectoryFault) -> LoadedKey? {
    try claim.withLock { claim throws(KeyDirectoryFault) in try load(&claim) }
  }

  /// Puts a pair in the place of the one that is kept there.
  ///
  /// A process that is killed meanwhile leaves the old pair or the new one. A private key that cannot be loaded, and
  /// one that somebody else put there since it was loaded, is never replaced: that is a fault.
  public func save(_ pair: RSAPrivateKey) throws(KeyDirectoryFault) {
    try claim.withLock { claim throws(KeyDirectoryFault) in
      if claim.file == .unknown { _ = try load(&claim) }
      try replace(with: pair, &claim)
    }
  }
}

/// Enough of a file's status to notice that it is no longer the same file.
struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
