import Listener
import Settings

extension Daemon {
  /// The policy of both lists, nil where an entry is wrong; each that is adds to `faults`.
  static func accessPolicy(_ settings: Settings, _ faults: inout [ConfigurationFault]) -> AccessPolicy? {
    let (hosts, origins) = (settings.access.hosts, settings.access.origins)
    for entry in hosts where (try? AccessPolicy(hosts: [entry], origins: [])) == nil {
      faults.append(
        fault(
          settings, "access.hosts", "\(entry) is no host",
          allowed: "loopback, addresses, or a host without a port"))
    }
    for entry in origins where (try? AccessPolicy(hosts: [], origins: [entry])) == nil {
      faults.append(
        fault(
          settings, "access.origins", "\(entry) is no origin", allowed: "loopback, or SCHEME://HOST[:PORT]"))
    }
    return try? AccessPolicy(hosts: hosts, origins: origins)
  }
}
