import Dialects
import Envelope
import Listener
import Relay
import Settings
import Upstream

/// The settings as the modules want them.
extension Daemon {
  var upstreamOptions: UpstreamOptions {
    UpstreamOptions(
      caFile: settings.router.caFile, proxy: outboundProxy, connectTimeout: settings.router.connectTimeout,
      responseTimeout: settings.router.responseTimeout, allowHTTP: settings.router.allowHTTP)
  }

  var listenerLimits: ListenerLimits {
    var limits = ListenerLimits()
    limits.maxConnections = settings.limits.connections
    return limits
  }

  var relayConfiguration: RelayConfiguration {
    RelayConfiguration(
      apiKey: settings.router.apiKey,
      securityTier: settings.router.securityTier,
      requestLimit: settings.limits.request, inFlightLimit: settings.limits.inFlight,
      responseTimeout: settings.router.responseTimeout,
      pacing: ReplyPacing(commitAfter: settings.stream.commitAfter, keepalive: settings.stream.keepalive),
      policy: RequestPolicy(
        stripIdentifiers: settings.privacy.stripIdentifiers,
        aliases: settings.models.aliases),
      access: access)
  }

  private var outboundProxy: UpstreamOptions.OutboundProxy {
    switch settings.router.proxy {
    case .direct: .none
    case .environment: .environment
    case .url(let url): .url(url)
    }
  }

  /// Every entry of `listen`, all faults at once.
  static func addresses(_ settings: Settings) throws(ConfigurationFaults) -> [ListenAddress] {
    var addresses: [ListenAddress] = []
    var faults: [ConfigurationFault] = []
    for entry in settings.listen {
      do throws(ListenAddressError) {
        let address = try ListenAddress(parsing: entry)
        addresses.append(address)
        if !address.isLoopback {
          faults.append(
            fault(
              settings, "listen",
              "\(entry) is not a loopback address: whoever reaches it could spend the API key",
              allowed: "127.0.0.1:PORT, [::1]:PORT, localhost:PORT, or unix:/PATH"))
        }
      } catch {
        faults.append(
          fault(
            settings, "listen", "\(entry): \(error)", allowed: "host:port or unix:/path?mode=0660&group=NAME")
        )
      }
    }
    guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
    return addresses
  }

  static func fault(
    _ settings: Settings, _ key: String, _ problem: String, allowed: String
  ) -> ConfigurationFault {
    ConfigurationFault(key: key, source: settings.source(of: key), problem: problem, allowed: allowed)
  }
}
