import Glibc
import Platform
import Sealing

extension KeyDirectory {
  /// Replaces both files.
  ///
  /// The caller has loaded what is there, or has seen that nothing is. Both are complete on the disk before either
  /// takes its place. The public one goes first, so that the former pair is still there after a failure; a public file
  /// that does not match is repaired by the next save or load.
  func replace(with pair: RSAPrivateKey, _ claim: inout Claim) throws(KeyDirectoryFault) {
    guard let directory = claim.directory, claim.file != .unknown else {
      throw fault(.changedMeanwhile, Name.privateKey)
    }
    let secret = try revealedPassword()
    let text: SecretBytes
    do { text = try pair.pkcs8(password: secret) } catch { throw fault(.encoding(error), Name.privateKey) }
    defer { removeUnfinished(in: directory) }
    var name = Name.privateKey
    do throws(SystemFault) {
      try write(text, as: name, mode: 0o600, in: directory)
      name = Name.publicKey
      try write(SecretBytes(copying: pair.publicKey.pem.utf8), as: name, mode: 0o644, in: directory)
    } catch { throw fault(.system(error), name) }
    guard privateFile(in: directory) == claim.file else { throw fault(.changedMeanwhile, Name.privateKey) }
    do throws(SystemFault) {
      try calls.rename(Name.unfinished(name), to: name, in: directory)
      name = Name.privateKey
      try calls.rename(Name.unfinished(name), to: name, in: directory)
      claim.file = privateFile(in: directory)
      try calls.syncDirectory(directory)
    } catch { throw fault(.system(error), name) }
  }

  /// Writes a file next to the place that it is to take.
  func write(
    _ text: borrowing SecretBytes, as name: String, mode: mode_t, in directory: OpenFile
  ) throws(SystemFault) {
    let unfinished = Name.unfinished(name)
    if calls.status(unfinished, in: directory) != nil { try calls.unlink(unfinished, in: directory) }
    let file = try calls.create(unfinished, in: directory, mode: mode)
    try calls.write(text, to: file)
    try calls.sync(file)
  }

  private func privateFile(in directory: OpenFile) -> PrivateFile {
    calls.status(Name.privateKey, in: directory).map { .present(FileIdentity($0)) } ?? .absent
  }
}
