import Listener
import Logging
import Settings

extension Daemon {
  /// The service for monitoring systems, listening; nil where none is wanted.
  ///
  /// - Throws: `ListenError` for an address that cannot be had.
  func startMetrics(_ subject: any AdminSubject) async throws -> AdminService? {
    guard let address = metricsAddress else { return nil }
    // Collectors and kubelets name the address that they connect to, which no web page can make point elsewhere.
    let access = try AccessPolicy(hosts: settings.access.hosts + ["addresses"], origins: [])
    let server = HTTPServer(
      addresses: [address], inherited: [], limits: metricsLimits,
      responder: MetricsResponder(subject: subject, access: access, logger: logger), logger: logger)
    for bound in try await server.start() {
      logger.notice("metrics", metadata: ["address": "\(bound)"])
    }
    return AdminService(server: server)
  }

  /// Others may reach this port, and the life of a pod depends on its answers: whoever dawdles makes way.
  private var metricsLimits: ListenerLimits {
    var limits = ListenerLimits()
    limits.maxConnections = 256
    limits.maxHeaderBytes = 8 * 1024
    limits.headerTimeout = .seconds(5)
    limits.idleTimeout = .seconds(10)
    limits.writeTimeout = .seconds(10)
    return limits
  }

  /// The address for monitoring systems, nil for none; what is wrong with it is added to `faults`.
  static func metricsAddress(_ settings: Settings, _ faults: inout [ConfigurationFault]) -> ListenAddress? {
    let remote = (
      problem: "everybody who reaches it could read what is counted",
      allowed: "127.0.0.1:PORT, [::1]:PORT or unix:/PATH; others with access.allow_remote = true"
    )
    return address(
      settings.metrics.listen, of: "metrics.listen", allowed: "HOST:PORT or unix:/PATH?mode=0660",
      unlessLocal: settings.access.allowRemote ? nil : remote, settings, &faults)
  }
}
