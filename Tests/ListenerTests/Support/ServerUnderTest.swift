import Dispatch
import Logging
import NIOCore

@testable import Listener

/// A real server on a port of the kernel's choice.
struct ServerUnderTest: Sendable {
  let server: HTTPServer
  let bound: [BoundAddress]

  /// A new connection to it.
  func connect(receiveBuffer: CInt? = nil) throws -> RawClient {
    guard let address = bound.first else { throw RawClient.Failure.connect(0) }
    return try RawClient(to: address, receiveBuffer: receiveBuffer)
  }

  /// A new connection, waited for on a thread of its own: while the server stops, connecting may take a while.
  func connectAside() async throws -> RawClient {
    try await withCheckedThrowingContinuation { done in
      DispatchQueue.global().async { done.resume(with: Result { try connect() }) }
    }
  }

  /// Waits until every connection has heard that the server goes down.
  func untilDraining() async throws {
    while true {
      var haveHeard = server.isStopping
      for connection in server.register.all {
        let hasHeard = try await connection.eventLoop.submit { connection.value.machine.isDraining }.get()
        haveHeard = haveHeard && hasHeard
      }
      if haveHeard { return }
      await Task.yield()
    }
  }
}

/// Runs `body` with a server, and stops the server at once afterwards.
func withServer(
  _ responder: StubResponder = StubResponder(), limits: ListenerLimits = ListenerLimits(),
  addresses: [ListenAddress] = [.tcp(host: "127.0.0.1", port: 0)], inherited: [CInt] = [],
  eventLoopThreads: Int = 1, _ body: (ServerUnderTest) async throws -> Void
) async throws {
  let server = HTTPServer(
    addresses: addresses, inherited: inherited, limits: limits, responder: responder, logger: .silent,
    eventLoopThreads: eventLoopThreads)
  do {
    try await body(ServerUnderTest(server: server, bound: try await server.start().map(\.bound)))
  } catch {
    _ = await server.stop(drain: .zero)
    throw error
  }
  _ = await server.stop(drain: .zero)
}

extension ListenerLimits {
  /// The defaults with something else.
  static func with(_ change: (inout ListenerLimits) -> Void) -> ListenerLimits {
    var limits = ListenerLimits()
    change(&limits)
    return limits
  }
}

extension Logger {
  /// A logger that nobody hears.
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Waits until the task is cancelled.
func untilCancelled() async {
  let (never, writer) = AsyncStream.makeStream(of: Never.self)
  for await _ in never {}
  // The writer must live as long as somebody waits: a stream without one ends.
  withExtendedLifetime(writer) {}
}
