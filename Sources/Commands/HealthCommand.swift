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
    let settings = try flags.load()
    guard let base = settings.listen.lazy.compactMap(Self.baseURL).first else {
      Complaint.say("no TCP address in `listen` to ask; health cannot ask through a unix socket yet")
      throw ExitCode.failure
    }
    let upstream = try Upstream(
      UpstreamOptions(connectTimeout: .seconds(2), responseTimeout: .seconds(3), allowHTTP: true))
    let outcome: (status: Int, text: String)
    do {
      let response = try await upstream.send(
        UpstreamRequest(url: base + (ready ? "/readyz" : "/healthz"), responseLimit: 4096))
      outcome = (response.status, String(decoding: response.body, as: UTF8.self))
    } catch {
      Complaint.say("\(base) does not answer: \(error)")
      throw ExitCode.failure
    }
    await upstream.close()
    // Whoever owns the port wrote this; it must not steer the terminal.
    print(String(outcome.text.map { $0.isASCII && !$0.isNewline && $0 >= " " ? $0 : " " }))
    if outcome.status != 200 { throw ExitCode.failure }
  }

  private static func baseURL(_ entry: String) -> String? {
    guard case .tcp(let host, let port)? = try? ListenAddress(parsing: entry) else { return nil }
    return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}
