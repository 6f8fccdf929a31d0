import ClientKeys
import Dialects
import Envelope
import Glibc
import Listener
public import Logging
import Platform
import Relay
import RouterTrust
import Sealing
import Service
import ServiceLifecycle
public import Settings
import UnixSignals
import Upstream

/// The whole program behind `nomyo-proxy run`: what it is made of, and the order in which it starts and stops.
public struct Daemon: Sendable {
  let settings: Settings
  let logger: Logger
  private let addresses: [ListenAddress]
  let access: AccessPolicy
  private let start = ContinuousClock.now

  /// A daemon that has not started.
  ///
  /// - Throws: what only the modules concerned can judge in the settings, all of it at once.
  public init(_ settings: Settings, logger: Logger) throws(ConfigurationFaults) {
    self.settings = settings
    self.logger = logger
    var faults: [ConfigurationFault] = []
    addresses = Self.addresses(settings, &faults)
    let access = Self.accessPolicy(settings, &faults)
    guard faults.isEmpty, let access else { throw ConfigurationFaults(faults: faults) }
    self.access = access
  }

  /// Serves until SIGTERM or SIGINT; a second one ends at once.
  ///
  /// - Throws: `ListenError` for an address that cannot be had, and what the services throw.
  public func run() async throws {
    CryptoLibrary.start()
    for warning in settings.warnings { logger.warning("configuration", metadata: ["warning": "\(warning)"]) }
    announce()
    let notifier = ServiceNotifier()
    let notice = StartNotice(start: start, notifier: notifier, logger: logger)
    let upstream = try Upstream(upstreamOptions)
    let parts = makeParts(upstream)
    let plan = try ListenPlan(settings, addresses: addresses, passed: ActivationSocket.takeOver())
    plan.closeUnwanted()
    for socket in plan.unwanted {
      logger.warning("socket not wanted by listen", metadata: ["socket": "\(socket.name)"])
    }
    let server = HTTPServer(
      addresses: plan.addresses, inherited: plan.inherited.map(\.descriptor),
      limits: listenerLimits(openFiles: OpenFiles.raiseLimit()),
      responder: parts.responder, logger: logger)
    for address in try await server.start() {
      logger.notice("listening", metadata: ["address": "\(address)"])
    }
    await notice.isThere(.listener)

    // They stop in the opposite order: first no new requests, last the connections to the router.
    let services: [any ServiceLifecycle.Service] = [
      UpstreamService(upstream: upstream),
      ClientKeyService(ring: parts.clientKeys, notice: notice, logger: logger),
      RouterKeyService(
        cache: parts.routerKeys, interval: settings.router.keyRefresh, notice: notice, logger: logger),
      ListenerService(server: server, drain: settings.shutdown.drain, notice: notice, logger: logger),
    ]
    try await ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: quiet)
    ).run()
  }

  private struct Parts {
    let clientKeys: ClientKeyRing
    let routerKeys: RouterKeyCache
    let responder: ProxyResponder
  }

  private func makeParts(_ upstream: Upstream) -> Parts {
    let router = RouterClient(
      transport: upstream, baseURL: settings.router.url.description, responseLimit: settings.limits.response)
    let routerKeys = RouterKeyCache(minimumBits: settings.router.minimumKeyBits) {
      try await router.publicKeyDocument()
    }
    let bits = settings.keys.bits
    let clientKeys = ClientKeyRing(
      threads: WorkerThreads(count: 1, name: "nomyo-keygen"), wallClock: WallClock.seconds
    ) { try RSAPrivateKey.generate(bits: bits) }
    // RSA is what an answer costs: as many at once as there are processors, and no more, so that they do not slow
    // each other down.
    let workers = WorkerThreads(count: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), name: "nomyo-rsa")
    let context = ExchangeContext(
      router: router, routerKeys: routerKeys, clientKeys: clientKeys, workers: workers,
      retries: settings.router.retries)
    let responder = ProxyResponder(
      context: context,
      catalog: ModelCatalog(
        router: router, aliases: settings.models.aliases, fixed: settings.models.list),
      configuration: relayConfiguration, logger: logger)
    return Parts(clientKeys: clientKeys, routerKeys: routerKeys, responder: responder)
  }

  /// The service group tells its own steps at every level; only what goes wrong matters here.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .error)
    return quiet
  }
}
