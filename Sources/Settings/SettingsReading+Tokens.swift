import Tokens

/// Who may call: the file of local tokens, and keys that mean nothing without each other.
extension SettingsReading {
  private static let tokensKey = "access.tokens_file"

  /// Reads the tokens; to be called when the router's key is settled.
  mutating func readTokens() {
    guard let path = settings.access.tokensFile, !wasRejected(Self.tokensKey) else { return }
    let contents: FileContents
    do throws(FileFault) { contents = try sources.files.read(path, limit: TokenList.byteLimit) } catch {
      return report(
        Self.tokensKey, settings.source(of: Self.tokensKey), "the file \(error)",
        allowed: "a readable file of lines NAME:SHA256-HEX; `nomyo-proxy tokens new NAME --write` makes it")
    }
    let isCredential = sources.credentialsDirectory.map { path.hasPrefix($0 + "/") } ?? false
    if !isCredential, let mode = contents.permissions, mode & 0o022 != 0 {
      settings.warnings.append(
        "\(path) decides who may call and others can write to it (mode 0\(String(mode & 0o777, radix: 8))); "
          + "chmod go-w closes it")
    }
    do throws(TokenListFaults) {
      settings.access.tokens = try TokenList(parsing: contents.bytes)
    } catch {
      for fault in error.faults {
        report(
          Self.tokensKey, .file(path: path, line: fault.line, column: nil), "\(fault)",
          allowed: "NAME:SHA256-HEX, a # before comments; `nomyo-proxy tokens new NAME` makes such a line")
      }
    }
    warnOfTokens(path)
  }

  private mutating func warnOfTokens(_ path: String) {
    if settings.access.tokens?.isEmpty == true {
      settings.warnings.append(
        "\(path) holds no token, so every caller is refused; `nomyo-proxy tokens new NAME --write` adds one")
    }
    if settings.router.apiKey == nil {
      settings.warnings.append(
        "there is no API key for the router, and with access.tokens_file callers bring none either: what they send is "
          + "a token and never goes to the router; set NOMYO_API_KEY or router.api_key_file")
    }
  }

  /// Says which keys have no effect beside the others.
  mutating func checkAccess() {
    if settings.access.unauthenticatedRemote {
      if !settings.access.allowRemote {
        settings.warnings.append(
          "access.unauthenticated_remote has no effect: access.allow_remote is false")
      } else if settings.access.tokensFile != nil {
        settings.warnings.append(
          "access.unauthenticated_remote has no effect: access.tokens_file asks everybody for a token")
      }
    }
    let hasPort = settings.listen.contains { !$0.hasPrefix("unix:") && !$0.hasPrefix("systemd") }
    if !settings.access.uids.isEmpty, hasPort, settings.access.tokensFile == nil {
      settings.warnings.append(
        "access.uids is about unix sockets, and `listen` has a port as well, which every user of this machine can reach: "
          + "take it out of listen, or set access.tokens_file")
    }
    if settings.access.tokensFile == nil, settings.provenance["limits.in_flight_per_token"] != nil {
      settings.warnings.append("limits.in_flight_per_token has no effect: there is no access.tokens_file")
    }
  }
}
