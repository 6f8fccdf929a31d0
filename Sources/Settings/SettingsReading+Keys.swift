import Platform
import RouterTrust

/// What is checked of client keys and of trust after all sources are read.
extension SettingsReading {
  private static let passwordFile = SecretFileKey(
    name: "keys.password_file", credential: "client-key-password",
    allowed: "a file that holds the password of the client key", byteLimit: 4 << 10)

  /// The most primes that OpenSSL puts into a modulus under 4096 bits.
  private static let primesUnder4096Bits = 3

  /// Settles where the key pair is stored.
  mutating func findKeyDirectory() {
    guard settings.keys.mode == .directory else {
      for name in ["keys.directory", "keys.password_file"] where settings.provenance[name] != nil {
        settings.warnings.append("\(name) has no effect: keys.mode is memory")
      }
      return
    }
    if settings.keys.directory == nil, !wasRejected("keys.directory") {
      guard let state = settings.stateDirectory else {
        return report(
          "keys.directory", settings.source(of: "keys.mode"), "there is no state directory to put the key in",
          allowed: "a path, or StateDirectory= in the unit, or XDG_STATE_HOME or HOME in the environment")
      }
      settings.keys.directory = state + "/client_keys"
    }
  }

  /// Settles which password protects the stored key.
  mutating func readKeyPassword() {
    guard settings.keys.mode == .directory else { return }
    let file = secretFile(Self.passwordFile, named: settings.keys.passwordFile)
    guard let file, let bytes = secretBytes(of: file, Self.passwordFile) else { return }
    guard !bytes.isEmpty, !bytes.contains(0) else {
      return report(
        Self.passwordFile.name, file.source, "the file is \(bytes.isEmpty ? "empty" : "binary")",
        allowed: "the password as one line of text")
    }
    settings.keys.password = Secret(bytes)
    settings.provenance["keys.password"] = file.source
  }

  /// Refuses combinations of keys that cannot be had.
  mutating func checkKeys() {
    if settings.keys.bits < 4096, settings.keys.primes > Self.primesUnder4096Bits {
      report(
        "keys.primes", settings.source(of: "keys.primes"),
        "\(settings.keys.primes) primes are too many for keys.bits = \(settings.keys.bits)",
        allowed: "2 or 3, or keys.bits = 4096")
    }
    if settings.keys.mode == .directory, (1...100).contains(settings.keys.maxUses) {
      settings.warnings.append(
        "keys.max_uses is \(settings.keys.maxUses) and keys.mode is directory: every few requests a key is written to disk, "
          + "and what a key of few uses gives is lost; keys.mode = \"memory\" is meant for that")
    }
  }

  /// Pins are needed for `pinned` and mean nothing for `tls`.
  mutating func checkTrust() {
    let (mode, pins) = (settings.router.trust, settings.router.pins)
    if mode == .pinned, pins.isEmpty, !wasRejected("router.pins") {
      report(
        "router.pins", settings.source(of: "router.trust"), "router.trust is pinned and there are no pins",
        allowed: "at least one fingerprint sha256/BASE64, as `nomyo-proxy trust show` prints them")
    }
    if mode == .tls, !pins.isEmpty {
      settings.warnings.append("router.pins has no effect: router.trust is tls")
    }
  }
}
