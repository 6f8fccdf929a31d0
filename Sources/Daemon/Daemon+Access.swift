import Listener
import Settings

extension Daemon {
  /// Both lists, all faults at once.
  static func accessPolicy(_ settings: Settings) throws(ConfigurationFaults) -> AccessPolicy {
    do { return try AccessPolicy(hosts: settings.access.hosts, origins: settings.access.origins) } catch {
      let fault =
        switch error {
        case .host(let entry):
          fault(
            settings, "access.hosts", "\(entry) is no host", allowed: "loopback, or a host without a port")
        case .origin(let entry):
          fault(
            settings, "access.origins", "\(entry) is no origin", allowed: "loopback, or SCHEME://HOST[:PORT]")
        }
      throw ConfigurationFaults(faults: [fault])
    }
  }
}
