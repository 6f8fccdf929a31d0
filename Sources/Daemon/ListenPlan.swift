import Glibc
import Listener
import Service
import Settings

/// What the daemon listens on: addresses that it binds itself, and sockets that systemd bound for it.
struct ListenPlan {
  let addresses: [ListenAddress]
  /// Sockets to accept on.
  let inherited: [ActivationSocket]
  /// Sockets that were passed in and that no entry of `listen` asks for.
  let unwanted: [ActivationSocket]

  /// Matches `listen` with the sockets that were passed in.
  ///
  /// `systemd` stands for all of them, `systemd:NAME` for those of that name. When `listen` was not set, passed sockets
  /// take the place of the default address: a socket unit is set-up enough.
  ///
  /// - Throws: what is wrong with the entries for systemd, or with the sockets.
  init(
    _ settings: Settings, addresses: [ListenAddress], passed: [ActivationSocket]
  ) throws(ConfigurationFaults) {
    var faults: [ConfigurationFault] = []
    if settings.source(of: "listen") == .builtIn, !passed.isEmpty {
      self.addresses = []
      inherited = passed
    } else {
      self.addresses = addresses
      let names = settings.listen.compactMap(Self.activationName)
      inherited = passed.filter { socket in names.contains { $0.isEmpty || $0 == socket.name } }
      for name in names where !inherited.contains(where: { name.isEmpty || $0.name == name }) {
        faults.append(
          Daemon.fault(
            settings, "listen", "systemd passed no socket\(name.isEmpty ? "" : " named \(name)")",
            allowed: "systemd only in a service that a socket unit starts"))
      }
    }
    let inherited = inherited
    unwanted = passed.filter { !inherited.contains($0) }
    faults += remoteFaults(settings)
    guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
  }

  /// What stands against those of the passed sockets that other machines can reach.
  ///
  /// Asked again at each reload: the tokens that allowed them may be gone from the configuration.
  func remoteFaults(_ settings: Settings) -> [ConfigurationFault] {
    guard let obstacle = RemoteObstacle(settings) else { return [] }
    return inherited.filter { BoundAddress(ofSocket: $0.descriptor)?.isLoopback != true }.map { socket in
      Daemon.fault(
        settings, "listen",
        "the socket \(socket.name) is not bound to a loopback address or a path: \(obstacle.problem)",
        allowed:
          "ListenStream=127.0.0.1:PORT, [::1]:PORT or a path in the socket unit; \(obstacle.remedy)")
    }
  }

  /// The name in an entry for systemd, empty for all sockets, nil for other entries.
  static func activationName(_ entry: String) -> String? {
    if entry == "systemd" { return "" }
    return entry.hasPrefix("systemd:") ? String(entry.dropFirst(8)) : nil
  }

  /// Closes what nobody asked for, so that its callers are refused and do not wait.
  func closeUnwanted() {
    for socket in unwanted { close(socket.descriptor) }
  }
}
