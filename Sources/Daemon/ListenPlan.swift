import Glibc
import Listener
import Service
import Settings

/// What the daemon listens on: addresses that it binds itself, and sockets that systemd bound for it.
struct ListenPlan {
  let addresses: [ListenAddress]
  /// Sockets to accept on.
  let inherited: [ActivationSocket]
  /// Addresses and sockets where callers speak TLS.
  let secure: (addresses: [ListenAddress], inherited: [ActivationSocket])
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
      secure = ([], [])
    } else {
      let entries = settings.listen.map(ListenEntry.init)
      let securePlaces = entries.filter(\.isTLS).compactMap { try? ListenAddress(parsing: $0.place) }
      self.addresses = addresses.filter { !securePlaces.contains($0) }
      for entry in entries where !entry.isTLS {
        guard let place = try? ListenAddress(parsing: entry.place), securePlaces.contains(place) else {
          continue
        }
        faults.append(
          Daemon.fault(
            settings, "listen", "\(entry.place) stands there with and without tls:",
            allowed: "each address once"))
      }
      // A socket that an entry asks for with TLS is no plain one, whatever else asks for it.
      let secured = Self.sockets(passed, named: entries.filter(\.isTLS))
      let plain = Self.sockets(passed.filter { !secured.contains($0) }, named: entries.filter { !$0.isTLS })
      (inherited, secure) = (plain, (securePlaces, secured))
      for entry in entries {
        let found = entry.isTLS ? secured : plain
        guard let name = Self.activationName(entry.place), !Self.holds(found, name) else { continue }
        faults.append(
          Daemon.fault(
            settings, "listen", "systemd passed no socket\(name.isEmpty ? "" : " named \(name)")",
            allowed: "systemd only in a service that a socket unit starts"))
      }
    }
    let wanted = inherited + secure.inherited
    unwanted = passed.filter { !wanted.contains($0) }
    faults += remoteFaults(settings)
    guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
  }

  /// What stands against those of the passed sockets that other machines can reach.
  ///
  /// Asked again at each reload: the tokens that allowed them may be gone from the configuration.
  func remoteFaults(_ settings: Settings) -> [ConfigurationFault] {
    guard let obstacle = RemoteObstacle(settings) else { return [] }
    return (inherited + secure.inherited).filter { BoundAddress(ofSocket: $0.descriptor)?.isLoopback != true }
      .map { socket in
        Daemon.fault(
          settings, "listen",
          "the socket \(socket.name) is not bound to a loopback address or a path: \(obstacle.problem)",
          allowed:
            "ListenStream=127.0.0.1:PORT, [::1]:PORT or a path in the socket unit; \(obstacle.remedy)")
      }
  }

  /// The name in an entry for systemd, empty for all sockets, nil for other entries.
  static func activationName(_ entry: String) -> String? {
    let place = ListenEntry(entry).place
    if place == "systemd" { return "" }
    return place.hasPrefix("systemd:") ? String(place.dropFirst(8)) : nil
  }

  private static func sockets(
    _ passed: [ActivationSocket], named entries: [ListenEntry]
  ) -> [ActivationSocket] {
    let names = entries.compactMap { activationName($0.place) }
    return passed.filter { socket in names.contains { $0.isEmpty || $0 == socket.name } }
  }

  private static func holds(_ sockets: [ActivationSocket], _ name: String) -> Bool {
    sockets.contains { name.isEmpty || $0.name == name }
  }

  /// Closes this process's ends of what nobody asked for.
  ///
  /// Callers are refused once whoever passed the sockets has closed them too; systemd keeps its own, so they wait there.
  func closeUnwanted() {
    for socket in unwanted { close(socket.descriptor) }
  }
}
