public import ArgumentParser
import Glibc
import Listener
import Logging
import Platform
import Sealing
import ServiceLifecycle
import UnixSignals
import Upstream

/// `nomyo-dev-router`.
public struct DevRouterCommand: AsyncParsableCommand {
  /// What `--help` shows.
  public static let configuration = CommandConfiguration(
    commandName: "nomyo-dev-router",
    abstract: "The server half of the NOMYO secure completion protocol, for development only.",
    discussion: """
      Opens sealed requests with a key pair of its own and answers them with the model `echo`, which says what it was
      asked, or hands them in clear to an OpenAI-compatible server (--forward).

      Whoever can reach it can read and change everything it does: it is no router for real prompts.
      POST /dev/rotate makes a new key pair. POST /dev/fault {"mode": MODE, "count": N} makes the next N requests fail
      by MODE: \(Fault.modes).
      """)

  @Option(help: "Where to listen: a loopback host and port.")
  var listen = "127.0.0.1:12434"

  @Option(help: "The API key that callers have to bring. Without it any or none will do.")
  var apiKey: String?

  @Option(help: "Hand opened requests to the OpenAI-compatible server at this base URL.")
  var forward: String?

  @Option(help: "Bits of the router's RSA key.")
  var bits = 4096

  @Option(help: "Append what crosses the wire and what was inside to this file.")
  var showWire: String?

  @Flag(help: "Answer every request with one text without opening it, to measure a proxy and not the router.")
  var answerUnopened = false

  /// ArgumentParser needs it.
  public init() {}

  /// Serves until SIGTERM or SIGINT.
  public func run() async throws {
    let address = try ListenAddress(parsing: listen)
    guard address.isLoopback else {
      throw ValidationError("--listen must be a loopback address: this router is for development")
    }
    CryptoLibrary.start()
    let workers = WorkerThreads(count: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), name: "dev-router-rsa")
    let responder = DevRouterResponder(
      keys: try await RouterKeys(bits: bits, threads: workers), backend: try backend(), workers: workers,
      apiKey: apiKey, wireLog: try wireLog(), answersUnopened: answerUnopened)
    var logger = Logger(label: "nomyo-dev-router") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .notice
    let server = HTTPServer(addresses: [address], responder: responder, logger: logger)
    StandardError.say(
      "nomyo-dev-router: FOR DEVELOPMENT ONLY: no protection of any kind, prompts are readable here")
    try await ServiceGroup(
      services: [ServerService(server: server)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
  }

  private func backend() throws -> Backend {
    guard let forward else { return .echo(EchoModel()) }
    return .forward(try Upstream(UpstreamOptions(allowHTTP: true)), baseURL: forward)
  }

  private func wireLog() throws -> WireLog? {
    guard let showWire else { return nil }
    guard let log = WireLog(appendingTo: showWire) else {
      throw ValidationError("--show-wire: cannot write to \(showWire)")
    }
    return log
  }
}

/// Serves until the program is asked to stop; tests do not wait for a drain.
private struct ServerService: Service {
  let server: HTTPServer

  func run() async throws {
    // Here and not before, so that a signal to stop is heard from the moment on at which it listens.
    for address in try await server.start() {
      StandardError.say("nomyo-dev-router: development router listening on http://\(address)")
    }
    await withGracefulShutdownHandler {
      await server.serve()
    } onGracefulShutdown: {
      Task { await server.stop(drain: .seconds(1)) }
    }
  }
}
