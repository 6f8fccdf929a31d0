import Listener
public import Logging
import Pacing
public import Platform
import Relay
import Sealing
import Service
import ServiceLifecycle
public import Settings
import Telemetry
import Upstream

/// The whole program behind `nomyo-proxy run`: what it is made of, and the order in which it starts and stops.
public struct Daemon: Sendable {
  let settings: Settings
  let memory: SecureMemoryReport
  let version: String
  let logger: Logger
  let access: AccessPolicy
  let adminAddress: ListenAddress?
  let metricsAddress: ListenAddress?
  let identity: TLSIdentity?
  private let addresses: [ListenAddress]
  private let start = ContinuousClock.now

  /// A daemon that has not started.
  ///
  /// - Parameters:
  ///   - memory: Which protections of memory are in force.
  ///   - version: What `status` says that is running.
  /// - Throws: what only the modules concerned can judge in the settings, all of it at once.
  public init(
    _ settings: Settings, memory: SecureMemoryReport = SecureMemoryReport(mode: .off),
    version: String = "nomyo-proxy", logger: Logger
  ) throws(ConfigurationFaults) {
    self.settings = settings
    self.memory = memory
    self.version = version
    self.logger = logger
    var faults: [ConfigurationFault] = []
    addresses = Self.addresses(settings, &faults)
    Self.checkEmbedder(settings, against: addresses, &faults)
    adminAddress = Self.adminAddress(settings, &faults)
    metricsAddress = Self.metricsAddress(settings, &faults)
    let access = Self.accessPolicy(settings, &faults)
    identity = Self.identity(settings, &faults)
    guard faults.isEmpty, let access else { throw ConfigurationFaults(faults: faults) }
    self.access = access
  }

  /// Serves until SIGTERM or SIGINT; a second one ends at once.
  ///
  /// - Parameter reading: Reads the configuration anew, for SIGHUP; without it the signal changes nothing.
  /// - Throws: `ListenError` for an address that cannot be had, `RequestsGivenUp` where not everything was answered, and
  ///   what the services throw.
  public func run(reading: (@Sendable () throws -> Settings)? = nil) async throws {
    let stops = await StopSignals()
    let heap = try startCryptography()
    announce()
    let notifier = ServiceNotifier()
    let watchdog = Watchdog.takeInterval()
    let news = ServiceNews(start: start, notifier: notifier, logger: logger)
    let upstream = try Upstream(upstreamOptions)
    let embedding = try settings.embeddings.url.map { _ in try Upstream(embeddingOptions) }
    let served = identity.map(ServedIdentity.init)
    let plan = try ListenPlan(settings, addresses: addresses, passed: ActivationSocket.takeOver())
    let parts = try makeParts(upstream, embedding, news, heap, plan, served, reading)
    await news.watch { await parts.running.status() }
    plan.closeUnwanted()
    for socket in plan.unwanted {
      logger.warning("socket not wanted by listen", metadata: ["socket": "\(socket.name)"])
    }
    let server = HTTPServer(
      addresses: plan.addresses, inherited: plan.inherited.map(\.descriptor),
      secure: served.map { plan.secured($0) }, limits: listenerLimits(openFiles: OpenFiles.raiseLimit()),
      responder: parts.responder, logger: logger)
    let bound = try await server.start()
    for address in bound { logger.notice("listening", metadata: ["address": "\(address)"]) }
    warnOfRemote(bound)
    await news.listens()

    // They stop in the opposite order: first no new requests, last the operator's way in.
    var services: [any ServiceLifecycle.Service] = [
      UpstreamService(upstream: upstream),
      ConversationService(responder: parts.responder),
      ClientKeyService(ring: parts.running.clientKeys),
      RotationSignalService(ring: parts.running.clientKeys, logger: logger),
      RouterKeyService(
        cache: parts.running.routerKeys, interval: settings.router.keyRefresh, news: news, logger: logger),
      ListenerService(
        server: server, drain: settings.shutdown.drain, stops: stops, news: news, logger: logger),
    ]
    if let embedding { services.insert(UpstreamService(upstream: embedding), at: 0) }
    if parts.reloader != nil {
      services.insert(ReloadService { _ = await parts.running.reload() }, at: 1)
    }
    let operators = [try await startAdmin(parts.running), try await startMetrics(parts.running)].compactMap {
      $0
    }
    if let watchdog {
      services.insert(
        self.watchdog(
          watchdog, over: parts.standing, [server] + operators.map(\.server), upstream, embedding,
          feed: { notifier.send(.watchdog) }),
        at: 0)
    }
    services.insert(NewsService(news: news), at: 0)
    services.insert(contentsOf: operators, at: 0)
    try await ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map {
          .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        } + [
          .init(
            service: StopService(stops: stops), successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        ], logger: quiet)
    ).run()
  }

  /// Sets OpenSSL up, with a heap of its own for private keys where memory is protected.
  private func startCryptography() throws(SecureMemoryError) -> CryptoLibrary.SecureHeap {
    let heap = CryptoLibrary.start(secureHeapBytes: secureHeapBytes)
    guard secureHeapBytes > 0, !heap.isLocked else { return heap }
    guard memory.mode != .required else { throw SecureMemoryError(description: Self.heapProblem) }
    // One warning is enough: without locked pages it was given already.
    if memory.isLocked {
      logger.warning("memory not fully protected", metadata: ["reason": "\(Self.heapProblem)"])
    }
    return heap
  }

  private static let heapProblem =
    "The heap for private keys could not be locked; raise the memory-lock limit."

  private struct Parts {
    let running: RunningDaemon
    let responder: ProxyResponder
    let standing: Standing
    let reloader: Reloader?
  }

  private func reloader(
    _ responder: ProxyResponder, _ standing: Standing, _ plan: ListenPlan, _ served: ServedIdentity?,
    _ read: @escaping @Sendable () throws -> Settings
  ) -> Reloader {
    Reloader(
      start: settings, logger: logger, read: read,
      adopt: { [memory, version, logger] new throws(ConfigurationFaults) in
        let fresh = try Daemon(new, memory: memory, version: version, logger: logger)
        let remote = plan.remoteFaults(new)
        guard remote.isEmpty else { throw ConfigurationFaults(faults: remote) }
        responder.adopt(
          context: fresh.context(standing), catalog: fresh.catalog(standing),
          configuration: fresh.relayConfiguration(embedder: standing.embedder))
        standing.breakers.adopt(fresh.ownKey)
        fresh.show(in: served)
      })
  }

  /// Under which key requests go out, where that is not each caller's own.
  private var ownKey: KeyID? { settings.router.apiKey.map(KeyID.init) }

  private func makeParts(
    _ upstream: Upstream, _ embedding: Upstream?, _ news: ServiceNews, _ heap: CryptoLibrary.SecureHeap,
    _ plan: ListenPlan, _ served: ServedIdentity?, _ reading: (@Sendable () throws -> Settings)?
  ) throws -> Parts {
    let breakers = BreakerNews(ownKey: ownKey, news: news, logger: logger)
    let pacer = Pacer(
      policy: settings.router.rate.policy, clock: SlicedClock(), onChange: { breakers.changed($0, to: $1) })
    let router = RouterClient(
      transport: upstream, baseURL: settings.router.url.description, responseLimit: settings.limits.response,
      pacer: pacer, paced: settings.router.rate.scope, ownKey: { breakers.ownKey ?? .configured })
    let routerKeys = try makeRouterKeys(router)
    let clientKeys = try makeClientKeys(news)
    var memory = memory
    if heap.isLocked {
      memory.secureHeapBytes = heap.byteCount
    } else if memory.mode != .off {
      memory.note(Self.heapProblem)
    }
    let standing = Standing(
      router: router, routerKeys: routerKeys, clientKeys: clientKeys,
      workers: WorkerThreads(count: Self.processors, name: "nomyo-rsa"),
      embedder: embedder(through: embedding), breakers: breakers)
    let metrics = Metrics()
    let responder = ProxyResponder(
      context: context(standing), catalog: catalog(standing),
      configuration: relayConfiguration(embedder: standing.embedder), metrics: metrics, version: version,
      logger: logger)
    let reloader = reading.map { self.reloader(responder, standing, plan, served, $0) }
    let running = RunningDaemon(
      clientKeys: clientKeys, routerKeys: routerKeys, pacer: pacer, counters: metrics, memory: memory,
      version: version,
      configurationFile: settings.file, reloader: reloader, news: news)
    return Parts(running: running, responder: responder, standing: standing, reloader: reloader)
  }

  private func embedder(through upstream: Upstream?) -> EmbeddingsRelay? {
    guard let upstream, let url = settings.embeddings.url else { return nil }
    return EmbeddingsRelay(to: url, through: upstream)
  }

  /// The service group tells its own steps at every level; only what goes wrong matters here.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .error)
    return quiet
  }
}
