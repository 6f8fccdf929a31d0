import ArgumentParser
import Platform
import Settings

/// The configuration on the command line: where the file is, and a flag for every key.
///
/// Flags win over environment and file.
struct SettingFlags: ParsableArguments {
  @Option(help: "The configuration file (TOML); it must exist.", completion: .file(extensions: ["toml"]))
  var config: String?

  @Option(name: .setting("listen"), help: .setting("listen"))
  var listen: String?
  @Option(name: .setting("router.url"), help: .setting("router.url"))
  var routerURL: String?
  @Option(name: .setting("router.allow_http"), help: .setting("router.allow_http"))
  var routerAllowHTTP: String?
  @Option(name: .setting("router.api_key_file"), help: .setting("router.api_key_file"), completion: .file())
  var routerAPIKeyFile: String?
  @Option(name: .setting("router.ca_file"), help: .setting("router.ca_file"), completion: .file())
  var routerCAFile: String?
  @Option(name: .setting("router.proxy"), help: .setting("router.proxy"))
  var routerProxy: String?
  @Option(name: .setting("router.minimum_key_bits"), help: .setting("router.minimum_key_bits"))
  var routerMinimumKeyBits: String?
  @Option(name: .setting("router.trust"), help: .setting("router.trust"))
  var routerTrust: String?
  @Option(name: .setting("router.pins"), help: .setting("router.pins"))
  var routerPins: String?
  @Option(name: .setting("router.key_refresh"), help: .setting("router.key_refresh"))
  var routerKeyRefresh: String?
  @Option(name: .setting("router.security_tier"), help: .setting("router.security_tier"))
  var routerSecurityTier: String?
  @Option(name: .setting("router.connect_timeout"), help: .setting("router.connect_timeout"))
  var routerConnectTimeout: String?
  @Option(name: .setting("router.response_timeout"), help: .setting("router.response_timeout"))
  var routerResponseTimeout: String?
  @Option(name: .setting("router.retries"), help: .setting("router.retries"))
  var routerRetries: String?
  @Option(name: .setting("router.rate.per_second"), help: .setting("router.rate.per_second"))
  var routerRatePerSecond: String?
  @Option(name: .setting("router.rate.burst"), help: .setting("router.rate.burst"))
  var routerRateBurst: String?
  @Option(name: .setting("router.rate.window"), help: .setting("router.rate.window"))
  var routerRateWindow: String?
  @Option(name: .setting("router.rate.queue"), help: .setting("router.rate.queue"))
  var routerRateQueue: String?
  @Option(name: .setting("router.rate.max_wait"), help: .setting("router.rate.max_wait"))
  var routerRateMaxWait: String?
  @Option(name: .setting("router.rate.scope"), help: .setting("router.rate.scope"))
  var routerRateScope: String?
  @Option(name: .setting("access.hosts"), help: .setting("access.hosts"))
  var accessHosts: String?
  @Option(name: .setting("access.origins"), help: .setting("access.origins"))
  var accessOrigins: String?
  @Option(name: .setting("tls.certificate_file"), help: .setting("tls.certificate_file"), completion: .file())
  var tlsCertificateFile: String?
  @Option(name: .setting("tls.key_file"), help: .setting("tls.key_file"), completion: .file())
  var tlsKeyFile: String?
  @Option(name: .setting("access.tokens_file"), help: .setting("access.tokens_file"), completion: .file())
  var accessTokensFile: String?
  @Option(name: .setting("access.uids"), help: .setting("access.uids"))
  var accessUIDs: String?
  @Option(name: .setting("access.allow_remote"), help: .setting("access.allow_remote"))
  var accessAllowRemote: String?
  @Option(name: .setting("access.unauthenticated_remote"), help: .setting("access.unauthenticated_remote"))
  var accessUnauthenticatedRemote: String?
  @Option(name: .setting("models.aliases"), help: .setting("models.aliases"))
  var modelsAliases: String?
  @Option(name: .setting("models.list"), help: .setting("models.list"))
  var modelsList: String?
  @Option(name: .setting("models.single_flight"), help: .setting("models.single_flight"))
  var modelsSingleFlight: String?
  @Option(name: .setting("chatbots"), help: .setting("chatbots"))
  var chatbots: String?
  @Option(name: .setting("compat.members"), help: .setting("compat.members"))
  var compatMembers: String?
  @Option(name: .setting("compat.messages"), help: .setting("compat.messages"))
  var compatMessages: String?
  @Option(name: .setting("compat.remote_images"), help: .setting("compat.remote_images"))
  var compatRemoteImages: String?
  @Option(name: .setting("embeddings.url"), help: .setting("embeddings.url"))
  var embeddingsURL: String?
  @Option(name: .setting("stream.commit_after"), help: .setting("stream.commit_after"))
  var streamCommitAfter: String?
  @Option(name: .setting("stream.keepalive"), help: .setting("stream.keepalive"))
  var streamKeepalive: String?
  @Option(name: .setting("privacy.strip_identifiers"), help: .setting("privacy.strip_identifiers"))
  var privacyStripIdentifiers: String?
  @Option(name: .setting("privacy.pad_requests"), help: .setting("privacy.pad_requests"))
  var privacyPadRequests: String?
  @Option(name: .setting("privacy.secure_memory"), help: .setting("privacy.secure_memory"))
  var privacySecureMemory: String?
  @Option(name: .setting("limits.request"), help: .setting("limits.request"))
  var limitsRequest: String?
  @Option(name: .setting("limits.response"), help: .setting("limits.response"))
  var limitsResponse: String?
  @Option(name: .setting("limits.connections"), help: .setting("limits.connections"))
  var limitsConnections: String?
  @Option(name: .setting("limits.in_flight"), help: .setting("limits.in_flight"))
  var limitsInFlight: String?
  @Option(name: .setting("limits.in_flight_per_token"), help: .setting("limits.in_flight_per_token"))
  var limitsInFlightPerToken: String?
  @Option(name: .setting("limits.bodies"), help: .setting("limits.bodies"))
  var limitsBodies: String?
  @Option(name: .setting("limits.header_bytes"), help: .setting("limits.header_bytes"))
  var limitsHeaderBytes: String?
  @Option(name: .setting("limits.header_count"), help: .setting("limits.header_count"))
  var limitsHeaderCount: String?
  @Option(name: .setting("limits.header_timeout"), help: .setting("limits.header_timeout"))
  var limitsHeaderTimeout: String?
  @Option(name: .setting("limits.body_timeout"), help: .setting("limits.body_timeout"))
  var limitsBodyTimeout: String?
  @Option(name: .setting("limits.idle_timeout"), help: .setting("limits.idle_timeout"))
  var limitsIdleTimeout: String?
  @Option(name: .setting("limits.write_timeout"), help: .setting("limits.write_timeout"))
  var limitsWriteTimeout: String?
  @Option(name: .setting("limits.requests_per_connection"), help: .setting("limits.requests_per_connection"))
  var limitsRequestsPerConnection: String?
  @Option(name: .setting("keys.mode"), help: .setting("keys.mode"))
  var keysMode: String?
  @Option(name: .setting("keys.directory"), help: .setting("keys.directory"), completion: .directory)
  var keysDirectory: String?
  @Option(name: .setting("keys.password_file"), help: .setting("keys.password_file"), completion: .file())
  var keysPasswordFile: String?
  @Option(name: .setting("keys.rotate_every"), help: .setting("keys.rotate_every"))
  var keysRotateEvery: String?
  @Option(name: .setting("keys.max_uses"), help: .setting("keys.max_uses"))
  var keysMaxUses: String?
  @Option(name: .setting("keys.pool"), help: .setting("keys.pool"))
  var keysPool: String?
  @Option(name: .setting("keys.bits"), help: .setting("keys.bits"))
  var keysBits: String?
  @Option(name: .setting("keys.primes"), help: .setting("keys.primes"))
  var keysPrimes: String?
  @Option(name: .setting("admin.listen"), help: .setting("admin.listen"))
  var adminListen: String?

  @Option(name: .setting("metrics.listen"), help: .setting("metrics.listen"))
  var metricsListen: String?
  @Option(name: .setting("shutdown.drain"), help: .setting("shutdown.drain"))
  var shutdownDrain: String?
  @Option(name: .setting("log.level"), help: .setting("log.level"))
  var logLevel: String?
  @Option(name: .setting("log.format"), help: .setting("log.format"))
  var logFormat: String?

  /// The flags that were given, by key.
  var values: [String: String] {
    let all: [String: String?] = [
      "listen": listen, "router.url": routerURL, "router.allow_http": routerAllowHTTP,
      "router.api_key_file": routerAPIKeyFile, "router.ca_file": routerCAFile, "router.proxy": routerProxy,
      "router.minimum_key_bits": routerMinimumKeyBits, "router.key_refresh": routerKeyRefresh,
      "router.security_tier": routerSecurityTier, "router.connect_timeout": routerConnectTimeout,
      "router.response_timeout": routerResponseTimeout, "router.retries": routerRetries,
      "access.hosts": accessHosts, "access.origins": accessOrigins,
      "access.tokens_file": accessTokensFile, "access.uids": accessUIDs,
      "access.allow_remote": accessAllowRemote, "access.unauthenticated_remote": accessUnauthenticatedRemote,
      "limits.in_flight_per_token": limitsInFlightPerToken, "models.aliases": modelsAliases,
      "models.list": modelsList, "models.single_flight": modelsSingleFlight,
      "router.rate.per_second": routerRatePerSecond, "router.rate.burst": routerRateBurst,
      "router.rate.window": routerRateWindow, "router.rate.queue": routerRateQueue,
      "router.rate.max_wait": routerRateMaxWait, "router.rate.scope": routerRateScope,
      "chatbots": chatbots, "compat.members": compatMembers,
      "compat.messages": compatMessages, "compat.remote_images": compatRemoteImages,
      "embeddings.url": embeddingsURL, "stream.commit_after": streamCommitAfter,
      "stream.keepalive": streamKeepalive,
      "privacy.strip_identifiers": privacyStripIdentifiers, "limits.request": limitsRequest,
      "limits.response": limitsResponse, "limits.connections": limitsConnections,
      "limits.in_flight": limitsInFlight,
      "limits.bodies": limitsBodies,
      "limits.header_bytes": limitsHeaderBytes,
      "limits.header_count": limitsHeaderCount,
      "limits.header_timeout": limitsHeaderTimeout,
      "limits.body_timeout": limitsBodyTimeout,
      "limits.idle_timeout": limitsIdleTimeout,
      "limits.write_timeout": limitsWriteTimeout,
      "limits.requests_per_connection": limitsRequestsPerConnection,
      "keys.bits": keysBits, "shutdown.drain": shutdownDrain,
      "router.trust": routerTrust, "router.pins": routerPins, "privacy.pad_requests": privacyPadRequests,
      "privacy.secure_memory": privacySecureMemory, "keys.mode": keysMode, "keys.directory": keysDirectory,
      "keys.password_file": keysPasswordFile, "keys.rotate_every": keysRotateEvery,
      "keys.max_uses": keysMaxUses, "keys.pool": keysPool, "keys.primes": keysPrimes,
      "admin.listen": adminListen, "metrics.listen": metricsListen,
      "tls.certificate_file": tlsCertificateFile, "tls.key_file": tlsKeyFile,
      "log.level": logLevel, "log.format": logFormat,
    ]
    return all.compactMapValues { $0 }
  }

  /// The settings of this process.
  ///
  /// - Parameters:
  ///   - isAgain: Whether they were read before.
  ///   - withSecrets: Whether the files that hold secrets are read.
  ///   - beforeSecrets: Called before any of them is.
  /// - Throws: `ConfigurationFaults`.
  func read(
    again isAgain: Bool = false, withSecrets: Bool = true,
    beforeSecrets: (SecureMemoryMode) -> Void = { _ in }
  ) throws(ConfigurationFaults) -> Settings {
    try SettingsLoader.load(
      .process(configFlag: config, flags: values, again: isAgain), readsSecrets: withSecrets,
      beforeSecrets: beforeSecrets)
  }

  /// The settings as far as they say where the daemon is reached.
  ///
  /// A file with a fault is the daemon's to judge, which has it in its log and its status once it was told to read it anew;
  /// without the file, the environment and the flags say where the daemon is.
  func readForAsking() throws(AdminFailure) -> Settings {
    do throws(ConfigurationFaults) { return try read(withSecrets: false) } catch {
      do throws(ConfigurationFaults) {
        return try SettingsLoader.load(.process(flags: values), readsFile: false, readsSecrets: false)
      } catch { throw .faulty(error) }
    }
  }

  /// The settings of this process, for a command that cannot go on without them.
  ///
  /// Parameters as for `read`.
  /// - Throws: the exit status for a faulty configuration, after the faults have been told.
  func load(
    withSecrets: Bool = true, beforeSecrets: (SecureMemoryMode) -> Void = { _ in }
  ) throws -> Settings {
    do { return try read(withSecrets: withSecrets, beforeSecrets: beforeSecrets) } catch {
      throw Complaint.configuration(error)
    }
  }
}

extension NameSpecification {
  fileprivate static func setting(_ key: String) -> NameSpecification {
    .customLong(String((SettingKey.named[key]?.flagName ?? key).drop { $0 == "-" }))
  }
}

extension ArgumentHelp {
  fileprivate static func setting(_ key: String) -> ArgumentHelp {
    guard let key = SettingKey.named[key] else { return "" }
    // A full stop within a name or a number ends no sentence.
    let firstSentence = key.meaning.split(separator: ". ", maxSplits: 1).first ?? ""
    let words = key.type == "word" ? " (\(key.allowed))" : ""
    return ArgumentHelp(
      "\(firstSentence.hasSuffix(".") ? firstSentence.dropLast() : firstSentence)\(words).",
      valueName: key.type)
  }
}
