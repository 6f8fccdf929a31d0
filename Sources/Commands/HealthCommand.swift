import ArgumentParser
import Listener
import Settings
import Upstream

/// `nomyo-proxy health`, a probe that needs no shell and no curl.
struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Ask the running daemon whether it is alive; exit status 0 or 1.")

  @Flag(help: "Ask whether it can seal and open right now, and not only whether it is alive.")
  var ready = false

  @OptionGroup var flags: SettingFlags

  func run() async throws {
    let settings = try flags.load(withSecrets: false)
    guard let place = Self.place(settings.listen) else {
      Complaint.say(
        "`listen` names only sockets that systemd passes, and not where they are; ask the daemon's own "
          + "address with --listen 127.0.0.1:PORT or --listen unix:/PATH")
      throw ExitCode.failure
    }
    let upstream = try place.client(patience: .seconds(3))
    let outcome: (status: Int, text: String)
    do {
      let response = try await upstream.send(
        UpstreamRequest(url: place.baseURL + (ready ? "/readyz" : "/healthz"), responseLimit: 4096))
      outcome = (response.status, String(decoding: response.body, as: UTF8.self))
    } catch {
      Complaint.say(
        "no daemon answers at \(place.description); start it with `nomyo-proxy run`, or name its address with --listen"
      )
      throw ExitCode.failure
    }
    await upstream.close()
    // Whoever owns the port wrote this; it must not steer the terminal.
    print(TerminalText.line(outcome.text))
    if outcome.status != 200 { throw ExitCode.failure }
  }

  /// The address to ask: a port, which needs no permission, before a socket, and one of loopback before others, where
  /// this machine's name is enough.
  static func place(_ listen: [String]) -> LocalAddress? {
    let places = listen.compactMap { try? ListenAddress(parsing: $0) }.map(LocalAddress.init)
    let ports = places.filter { $0.socketPath == nil }
    return ports.first { $0.address.isLoopback } ?? ports.first ?? places.first
  }
}
