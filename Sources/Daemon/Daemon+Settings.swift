import Dialects
import Envelope
import Listener
import Logging
import Relay
import Settings
import Upstream

/// The settings as the modules want them.
extension Daemon {
  var upstreamOptions: UpstreamOptions {
    UpstreamOptions(
      caFile: settings.router.caFile, proxy: outboundProxy, connectTimeout: settings.router.connectTimeout,
      responseTimeout: settings.router.responseTimeout, answerRoom: settings.limits.bodies,
      allowHTTP: settings.router.allowHTTP)
  }

  var embeddingOptions: UpstreamOptions {
    var options = EmbeddingsRelay.options
    options.answerRoom = settings.limits.bodies
    return options
  }

  /// What the listener grants, within the files that the process may open.
  ///
  /// When descriptors run out, callers hang without a word, so the listener has to say no before: each exchange may need
  /// one more towards the router, and some are for files and pipes.
  func listenerLimits(openFiles: Int) -> ListenerLimits {
    var limits = callerLimits
    let room = openFiles - limits.excessConnections - settings.limits.inFlight - Self.reservedFiles
    limits.maxConnections = min(settings.limits.connections, max(Self.fewestConnections, room))
    if limits.maxConnections < settings.limits.connections {
      logger.warning(
        "fewer connections than limits.connections: too few open files allowed",
        metadata: ["connections": "\(limits.maxConnections)", "open_files": "\(openFiles)"])
    }
    return limits
  }

  /// What is granted to callers and to the operator alike.
  var callerLimits: ListenerLimits {
    var limits = ListenerLimits()
    limits.maxHeaderBytes = settings.limits.headerBytes
    limits.maxHeaderFields = settings.limits.headerCount
    limits.headerTimeout = settings.limits.headerTimeout
    limits.bodyTimeout = settings.limits.bodyTimeout
    limits.idleTimeout = settings.limits.idleTimeout
    limits.writeTimeout = settings.limits.writeTimeout
    limits.requestsPerConnection = settings.limits.requestsPerConnection
    limits.bodyRoom = settings.limits.bodies
    return limits
  }

  private static let reservedFiles = 64
  private static let fewestConnections = 16

  /// What the configuration says about requests.
  ///
  /// - Parameter embedder: The way to the embedder, which outlives a reload.
  func relayConfiguration(embedder: EmbeddingsRelay?) -> RelayConfiguration {
    RelayConfiguration(
      apiKey: settings.router.apiKey, tokens: settings.access.tokens,
      securityTier: settings.router.securityTier,
      requestLimit: settings.limits.request, bodiesLimit: settings.limits.bodies,
      inFlightLimit: settings.limits.inFlight,
      inFlightPerToken: settings.limits.inFlightPerToken,
      responseTimeout: settings.router.responseTimeout,
      pacing: ReplyPacing(commitAfter: settings.stream.commitAfter, keepalive: settings.stream.keepalive),
      policy: settings.policy,
      access: access, chatbots: settings.chatbots, embedder: embedder)
  }

  private var outboundProxy: UpstreamOptions.OutboundProxy {
    switch settings.router.proxy {
    case .direct: .none
    case .environment: .environment
    case .url(let url): .url(url)
    }
  }

  /// The entries of `listen` that can be listened on; what is wrong with the others is added to `faults`.
  static func addresses(_ settings: Settings, _ faults: inout [ConfigurationFault]) -> [ListenAddress] {
    var addresses: [ListenAddress] = []
    for entry in settings.listen where ListenPlan.activationName(entry) == nil {
      do throws(ListenAddressError) {
        let address = try ListenAddress(parsing: ListenEntry(entry).place)
        addresses.append(address)
        if !address.isLoopback, let obstacle = RemoteObstacle(settings) {
          faults.append(
            fault(
              settings, "listen", "\(entry) is not a loopback address: \(obstacle.problem)",
              allowed: "127.0.0.1:PORT, [::1]:PORT, localhost:PORT, unix:/PATH; \(obstacle.remedy)"))
        }
      } catch {
        faults.append(
          fault(
            settings, "listen", "\(entry): \(error)", allowed: "host:port or unix:/path?mode=0660&group=NAME")
        )
      }
    }
    return addresses
  }

  /// An embedder that is this daemon would be asked by itself until nothing is left to ask with.
  static func checkEmbedder(
    _ settings: Settings, against addresses: [ListenAddress], _ faults: inout [ConfigurationFault]
  ) {
    guard let url = settings.embeddings.url else { return }
    for address in addresses where url.endpoints.contains(where: { $0.hasPrefix("http://\(address)/") }) {
      faults.append(
        fault(
          settings, "embeddings.url", "\(address) is where this daemon itself listens",
          allowed: "the address of an embedder"))
    }
  }

  /// The address for the operator, nil for none; what is wrong with it is added to `faults`.
  static func adminAddress(_ settings: Settings, _ faults: inout [ConfigurationFault]) -> ListenAddress? {
    let allowed = "unix:/PATH?mode=0600 or 127.0.0.1:PORT"
    return address(
      settings.admin.listen, of: "admin.listen", allowed: allowed,
      unlessLocal: (problem: "whoever reaches it could steer the daemon", allowed: allowed), settings, &faults
    )
  }

  /// The one address of a key, nil for none; what is wrong with it is added to `faults`.
  ///
  /// - Parameters:
  ///   - allowed: What the key may be, for an entry that is no address.
  ///   - remote: What is said of an address that other machines can reach; nil where that is allowed.
  static func address(
    _ entry: String?, of key: String, allowed: String,
    unlessLocal remote: (problem: String, allowed: String)?,
    _ settings: Settings, _ faults: inout [ConfigurationFault]
  ) -> ListenAddress? {
    guard let entry else { return nil }
    do throws(ListenAddressError) {
      let address = try ListenAddress(parsing: entry)
      if !address.isLoopback, let remote {
        faults.append(
          fault(
            settings, key, "\(entry) is not a loopback address: \(remote.problem)", allowed: remote.allowed))
      }
      return address
    } catch {
      faults.append(fault(settings, key, "\(entry): \(error)", allowed: allowed))
      return nil
    }
  }

  static func fault(
    _ settings: Settings, _ key: String, _ problem: String, allowed: String
  ) -> ConfigurationFault {
    ConfigurationFault(key: key, source: settings.source(of: key), problem: problem, allowed: allowed)
  }
}
