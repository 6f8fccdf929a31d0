import Glibc
import Platform
import Sealing

extension KeyDirectory {
  /// The names that NOMYO's package gives the files.
  enum Name {
    static let privateKey = "private_key.pem"
    static let publicKey = "public_key.pem"
    /// What is written before it takes the place of the other.
    ///
    /// There is one such name for each, because one writer at a time has the lock.
    static func unfinished(_ name: String) -> String { ".\(name).unfinished" }
  }

  /// No file of a key is longer; see `KeyDocumentError.tooLarge`.
  private static let byteLimit = 64 * 1024

  func load(_ claim: inout Claim) throws(KeyDirectoryFault) -> LoadedKey? {
    claim.file = .unknown
    var warnings: [String] = []
    let directory: OpenFile
    if let open = claim.directory { directory = open } else { directory = try open(&warnings) }
    claim.directory = directory
    warnings += try check(directory)
    guard let file = try openPrivateFile(in: directory) else {
      removeUnfinished(in: directory)
      claim.file = .absent
      return nil
    }
    let status = calls.status(file)
    let pair = try read(file, status)
    claim.file = .present(FileIdentity(status))
    removeUnfinished(in: directory)
    if let warning = repairPublicFile(of: pair, in: directory) { warnings.append(warning) }
    return LoadedKey(
      pair: pair, createdAt: min(max(0, status.st_mtim.tv_sec), WallClock.seconds()), warnings: warnings)
  }

  /// Opens the directory, makes it if there is none, and locks it.
  private func open(_ warnings: inout [String]) throws(KeyDirectoryFault) -> OpenFile {
    let directory: OpenFile
    do { directory = try openOrMake(path) } catch {
      throw fault(error.number == ENOTDIR ? .notDirectory : .system(error))
    }
    do { try calls.lock(directory) } catch {
      switch error.number {
      case EWOULDBLOCK: throw fault(.inUse)
      // File systems of other machines may know no locks (flock(2)).
      case ENOLCK, EOPNOTSUPP, ENOSYS: warnings.append("\(path) is on a file system without locks")
      default: throw fault(.system(error))
      }
    }
    return directory
  }

  private func openOrMake(_ path: String) throws(SystemFault) -> OpenFile {
    do { return try calls.openDirectory(path) } catch {
      let above = Self.parent(of: path)
      guard error.number == ENOENT, above != path else { throw error }
      let parent = try openOrMake(above)
      try calls.makeDirectory(path, mode: 0o700)
      try calls.syncDirectory(parent)
      return try calls.openDirectory(path)
    }
  }

  private static func parent(of path: String) -> String {
    let parts = path.split(separator: "/").dropLast()
    return (path.hasPrefix("/") ? "/" : parts.isEmpty ? "." : "") + parts.joined(separator: "/")
  }

  private func check(_ directory: OpenFile) throws(KeyDirectoryFault) -> [String] {
    let status = calls.status(directory)
    let mode = status.st_mode & 0o7777
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw fault(.foreignOwner(uid: status.st_uid))
    }
    guard mode & 0o022 == 0 else { throw fault(.directoryWritable(mode: mode)) }
    // The package makes it with the umask.
    return mode & 0o077 == 0 ? [] : ["\(path) can be listed by others (mode 0\(String(mode, radix: 8)))"]
  }

  /// Takes away what a save left that failed or was killed.
  func removeUnfinished(in directory: OpenFile) {
    for name in [Name.privateKey, Name.publicKey].map(Name.unfinished)
    where calls.status(name, in: directory) != nil {
      // If it stays, the next save says why.
      try? calls.unlink(name, in: directory)
    }
  }

  private func openPrivateFile(in directory: OpenFile) throws(KeyDirectoryFault) -> OpenFile? {
    do { return try calls.open(Name.privateKey, in: directory) } catch {
      switch error.number {
      case ENOENT: return nil
      case ELOOP: throw fault(.symbolicLink, Name.privateKey)
      case ENXIO: throw fault(.notRegular, Name.privateKey)
      default: throw fault(.system(error), Name.privateKey)
      }
    }
  }

  private func read(_ file: OpenFile, _ status: stat) throws(KeyDirectoryFault) -> RSAPrivateKey {
    let mode = status.st_mode & 0o7777
    guard status.st_mode & S_IFMT == S_IFREG else { throw fault(.notRegular, Name.privateKey) }
    guard status.st_uid == geteuid() else { throw fault(.foreignOwner(uid: status.st_uid), Name.privateKey) }
    guard mode & 0o077 == 0 else { throw fault(.permissions(mode: mode), Name.privateKey) }
    let secret = try revealedPassword()
    // OpenSSL's reader of PEM leaves pieces of its lines on the stack.
    defer { SecureMemory.wipeStack() }
    let document: SecretBytes
    do { document = try calls.read(file, count: min(Int(status.st_size), Self.byteLimit + 1)) } catch {
      throw fault(.system(error), Name.privateKey)
    }
    do { return try RSAPrivateKey(document: document, password: secret) } catch {
      guard error == .wrongPassword else { throw fault(.document(error), Name.privateKey) }
      throw fault(password == nil ? .passwordMissing : .passwordWrong, Name.privateKey)
    }
  }

  /// The password as bytes; nil when none is configured.
  func revealedPassword() throws(KeyDirectoryFault) -> SecretBytes? {
    guard let bytes = password?.copy() else { return nil }
    guard bytes.count > 0 else { throw fault(.passwordEmpty, Name.privateKey) }
    return bytes
  }

  /// Writes the public file if it is not that of `pair`; nil when it is.
  ///
  /// The daemon itself does not need it, so a failure is only told.
  private func repairPublicFile(of pair: RSAPrivateKey, in directory: OpenFile) -> String? {
    let place = "\(path)/\(Name.publicKey)"
    let kept = publicFile(in: directory)
    if kept == pair.publicKey.fingerprint { return nil }
    let exists = calls.status(Name.publicKey, in: directory) != nil
    let what = exists ? "\(place) did not belong to the private key" : "\(place) was missing"
    do {
      try write(SecretBytes(copying: pair.publicKey.pem.utf8), as: Name.publicKey, mode: 0o644, in: directory)
      try calls.rename(Name.unfinished(Name.publicKey), to: Name.publicKey, in: directory)
      try calls.syncDirectory(directory)
      return "\(what) and was written anew"
    } catch {
      return "\(what) and could not be written: \(String(cString: strerror(error.number)))"
    }
  }

  private func publicFile(in directory: OpenFile) -> KeyFingerprint? {
    guard let file = try? calls.open(Name.publicKey, in: directory) else { return nil }
    let status = calls.status(file)
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.byteLimit,
      let text = try? calls.read(file, count: Int(status.st_size))
    else { return nil }
    return try? RSAPublicKey(document: text.withBytes { [UInt8]($0) }, minimumBits: 2048).fingerprint
  }

  func fault(_ reason: KeyDirectoryFault.Reason, _ name: String? = nil) -> KeyDirectoryFault {
    KeyDirectoryFault(path: name.map { "\(path)/\($0)" } ?? path, reason: reason)
  }
}

extension KeyDirectoryFault.Reason {
  static func system(_ fault: SystemFault) -> Self {
    let doing =
      switch fault.step {
      case .makeDirectory, .create: "made"
      case .openDirectory, .open: "opened"
      case .lockDirectory: "locked"
      case .read: "read"
      case .write: "written"
      case .syncFile, .syncDirectory: "brought to the disk"
      case .rename: "put in its place"
      case .unlink: "removed"
      }
    return .system(doing: doing, errno: fault.number)
  }
}
