import Platform

/// Files that hold a secret: named by a key of the configuration, or the systemd credential when none is.
extension SettingsReading {
  /// Which file may hold a secret.
  struct SecretFileKey {
    /// The configuration's key that names a file.
    let name: String
    /// The systemd credential that takes its place (systemd.exec(5), `LoadCredential=`).
    let credential: String
    /// What the file is expected to be, for a fault.
    let allowed: String
    /// More bytes than anybody's secret has.
    let byteLimit: Int
  }

  /// One file that may hold a secret.
  struct SecretFile {
    let path: String
    let source: ConfigurationSource
    /// Whether systemd made the file.
    let isCredential: Bool
    /// Whether somebody asked for exactly this file.
    let isNamed: Bool
  }

  /// The file that was named, or the credential when none was.
  func secretFile(_ key: SecretFileKey, named path: String?) -> SecretFile? {
    guard !wasRejected(key.name) else { return nil }
    let directory = sources.credentialsDirectory.map { $0 + "/" }
    if let path {
      return SecretFile(
        path: path, source: settings.source(of: key.name),
        isCredential: directory.map { path.hasPrefix($0) } ?? false, isNamed: true)
    }
    return directory.map { directory in
      SecretFile(
        path: directory + key.credential, source: .environment("CREDENTIALS_DIRECTORY"),
        isCredential: true, isNamed: false)
    }
  }

  /// The bytes of the file without the line end that editors leave; nil when there are none to be had, which is reported
  /// unless it is a credential that was not given.
  mutating func secretBytes(of file: SecretFile, _ key: SecretFileKey) -> [UInt8]? {
    do throws(FileFault) {
      let contents = try sources.files.read(file.path, limit: key.byteLimit)
      // A credential's group bits are the mask of the access list by which systemd lets the service's user
      // in, and say nothing about groups; the directory is closed to everybody else.
      if !file.isCredential, let mode = contents.permissions, mode & 0o077 != 0 {
        let digits = String(mode & 0o777, radix: 8)
        settings.warnings.append(
          "\(file.path) holds a secret and is open to others (mode 0\(digits)); chmod 600 closes it")
      }
      return Self.withoutLineEnd(contents.bytes)
    } catch .missing where !file.isNamed {
      return nil
    } catch {
      report(key.name, file.source, "the file \(error)", allowed: key.allowed)
      return nil
    }
  }

  static func withoutLineEnd(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var text = Array(bytes)
    while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
      text.removeLast()
    }
    return text
  }
}
