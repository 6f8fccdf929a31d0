import ClientKeys
import Envelope
import Logging
import Pacing
public import Platform
import Relay
import RouterTrust
import Sealing
public import Settings
import Upstream

/// The doctor's walk through the parts that the daemon is made of.
extension Doctor {
  /// A doctor for the daemon that these settings make.
  ///
  /// - Parameters:
  ///   - memory: What protecting this process came to.
  ///   - model: The model of the round trip; nil for the first that is offered.
  /// - Throws: what only the modules concerned can judge in the settings, or that libcurl cannot be used.
  public init(
    _ settings: Settings, memory: Result<SecureMemoryReport, SecureMemoryError>, model: String?
  ) throws {
    CryptoLibrary.start()
    let report = (try? memory.get()) ?? SecureMemoryReport(mode: settings.privacy.secureMemory)
    let silent = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
    let daemon = try Daemon(settings, memory: report, logger: silent)
    let upstream = try Upstream(daemon.upstreamOptions)
    self.init(settings, memory: memory, model: model, path: daemon.doctorPath(upstream, silent))
  }
}

extension Daemon {
  fileprivate func doctorPath(_ upstream: Upstream, _ logger: Logger) -> DoctorPath {
    let (settings, threads) = (settings, WorkerThreads(count: 1, name: "doctor"))
    return DoctorPath(
      fetchKeyDocument: { () async throws(UpstreamError) in
        try await upstream.send(
          UpstreamRequest(
            url: settings.router.url.description + Wire.publicKeyPath, responseLimit: 64 << 10,
            responseTimeout: .seconds(30)))
      },
      makePair: {
        try await threads.run {
          try RSAPrivateKey.generate(bits: settings.keys.bits, primes: settings.keys.primes)
        }
      },
      responder: { key, pair in
        doctorResponder(
          RouterClient(
            transport: upstream, baseURL: settings.router.url.description,
            responseLimit: settings.limits.response, pacer: Pacer(policy: settings.router.rate.policy),
            paced: settings.router.rate.scope),
          key, pair, threads, logger)
      },
      close: { await upstream.close() })
  }

  private func doctorResponder(
    _ router: RouterClient, _ key: RSAPublicKey?, _ pair: RSAPrivateKey?, _ threads: WorkerThreads,
    _ logger: Logger
  ) -> ProxyResponder {
    // The key was judged before. Pinned, because nothing may be sealed for another one that comes now.
    let routerKeys = RouterKeyCache(
      router: settings.router.url.description,
      policy: TrustPolicy(mode: .pinned, pins: key.map { [$0.fingerprint] } ?? []),
      minimumBits: settings.router.minimumKeyBits
    ) { try await router.publicKeyDocument() }
    let clientKeys = ClientKeyRing(
      policy: RotationPolicy(interval: nil, pool: 0), threads: threads, wallClock: WallClock.seconds
    ) { throw KeyShortage.notReady }
    if let pair { clientKeys.adopt(pair, createdAt: WallClock.seconds()) }
    let context = ExchangeContext(
      router: router, routerKeys: routerKeys, clientKeys: clientKeys, workers: threads, retries: 0,
      padsRequests: settings.privacy.padRequests)
    var configuration = relayConfiguration(embedder: nil)
    // The doctor stands behind the listener, where tokens have been asked for.
    configuration.tokens = nil
    return ProxyResponder(
      context: context,
      catalog: ModelCatalog(
        router: router, routerKeys: routerKeys, aliases: settings.models.aliases, fixed: []),
      configuration: configuration, logger: logger)
  }
}
