import Platform
/// What is checked after all sources are read: values that depend on each other or on files.
extension SettingsReading {
  /// The systemd credential that holds the router's API key.
  static let credential = "router-api-key"

  /// More than the whole list of authorities of any system.
  private static let authoritiesLimit = 8 << 20

  /// A key is a line of a header; nobody's is longer than 8 KiB.
  private static let keyFile = SecretFileKey(
    name: "router.api_key_file", credential: credential, allowed: "a file that holds the API key",
    byteLimit: 8 << 10)

  /// Refuses a router in clear text that nobody asked for.
  mutating func checkRouterAddress() {
    let isExpected = settings.router.allowHTTP || wasRejected("router.allow_http")
    guard settings.router.url.scheme == .http, !isExpected else { return }
    report(
      "router.url", settings.source(of: "router.url"), "the scheme is http",
      allowed: "https://, or http:// together with router.allow_http = true")
  }

  /// Looks into the file of authorities, which would otherwise fail at the first connection.
  mutating func checkAuthorities() {
    guard let path = settings.router.caFile else { return }
    let source = settings.source(of: "router.ca_file")
    let allowed = "a file of PEM certificates"
    do throws(FileFault) {
      let contents = try sources.files.read(path, limit: Self.authoritiesLimit)
      guard contents.bytes.firstIndex(of: "-----BEGIN CERTIFICATE-----") == nil else { return }
      report("router.ca_file", source, "the file holds no certificate", allowed: allowed)
    } catch {
      report("router.ca_file", source, "the file \(error)", allowed: allowed)
    }
  }

  /// Settles which API key counts.
  ///
  /// Of the file and `NOMYO_API_KEY` it is the later source; of two in the environment, the key itself.
  mutating func readRouterKey() {
    let file = secretFile(Self.keyFile, named: settings.router.apiKeyFile)
    let fileKey = file.flatMap { readKey(from: $0) }
    let variable = ConfigurationSource.environment(SettingsSources.keyVariable)
    let variableKey = sources.environment[SettingsSources.keyVariable].flatMap { text in
      key(in: Self.withoutLineEnd(text.utf8), reportingAs: nil, from: variable, subject: "the variable")
    }
    if let file, let fileKey, variableKey == nil || file.source.rank > variable.rank {
      use(fileKey, from: file.source)
    } else if let variableKey {
      use(variableKey, from: variable)
    }
    if let file, fileKey != nil, variableKey != nil {
      let ignored = file.source.rank > variable.rank ? SettingsSources.keyVariable : file.path
      settings.warnings.append(
        "the router's API key is in \(SettingsSources.keyVariable) and in \(file.path); \(ignored) is ignored"
      )
    }
  }

  private mutating func use(_ key: Secret, from source: ConfigurationSource) {
    settings.router.apiKey = key
    settings.provenance["router.api_key"] = source
  }

  private mutating func readKey(from file: SecretFile) -> Secret? {
    secretBytes(of: file, Self.keyFile).flatMap {
      key(in: $0, reportingAs: Self.keyFile.name, from: file.source, subject: "the file")
    }
  }

  /// The key in some bytes, nil when it is none, which is reported.
  private mutating func key(
    in text: [UInt8], reportingAs name: String?, from source: ConfigurationSource, subject: String
  ) -> Secret? {
    let problem: String
    if text.isEmpty {
      problem = "\(subject) is empty"
    } else if let bad = text.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7F }) {
      // A Bearer token is visible ASCII (RFC 6750 section 2.1).
      problem = "\(subject) has a space, a control character or one outside ASCII at byte \(bad + 1)"
    } else {
      return Secret(String(decoding: text, as: UTF8.self))
    }
    report(name, source, problem, allowed: "the API key and nothing else")
    return nil
  }
}
