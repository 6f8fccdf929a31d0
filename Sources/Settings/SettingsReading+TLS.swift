import Platform

/// What callers are shown over TLS.
extension SettingsReading {
  private static let keyFile = SecretFileKey(
    name: "tls.key_file", credential: "tls-key", allowed: "a file that holds the private key in PEM",
    byteLimit: 64 << 10)

  /// Longer than any chain that a caller would read.
  private static let chainLimit = 1 << 20

  /// Reads the chain and its key, where an entry of `listen` asks for TLS.
  mutating func readTLS() {
    guard let entry = settings.listen.first(where: { ListenEntry($0).isTLS }) else {
      for name in ["tls.certificate_file", Self.keyFile.name] where settings.provenance[name] != nil {
        settings.warnings.append("\(name) has no effect: no entry of listen begins with tls:")
      }
      return
    }
    readChain(for: entry)
    readKey(for: entry)
  }

  private mutating func readChain(for entry: String) {
    let (name, allowed) = ("tls.certificate_file", "a file of PEM certificates, the server's own first")
    guard !wasRejected(name) else { return }
    guard let path = settings.tls.certificateFile else {
      return report(name, settings.source(of: "listen"), "\(entry) needs it", allowed: allowed)
    }
    do throws(FileFault) {
      settings.tls.chain = try sources.files.read(path, limit: Self.chainLimit).bytes
    } catch {
      report(name, settings.source(of: name), "\(path) \(error)", allowed: allowed)
    }
  }

  private mutating func readKey(for entry: String) {
    let key = Self.keyFile
    guard !wasRejected(key.name) else { return }
    let file = secretFile(key, named: settings.tls.keyFile)
    let isKnown = faults.count
    guard let file, let bytes = secretBytes(of: file, key) else {
      // What cannot be read was reported; a credential that was not given is as good as none.
      guard faults.count == isKnown else { return }
      return report(
        key.name, settings.source(of: "listen"), "\(entry) needs it",
        allowed: "\(key.allowed), or the systemd credential \(key.credential)")
    }
    settings.tls.key = Secret(bytes)
    settings.provenance["tls.key"] = file.source
  }
}
