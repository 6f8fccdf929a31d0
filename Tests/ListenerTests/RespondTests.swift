import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Listener

/// Whether the event loops come round, which the watchdog asks.
@Suite(.timeLimit(.minutes(1))) struct RespondTests {
  @Test func `a loop that is stuck does not answer until it comes round again`() async throws {
    let server = HTTPServer(
      addresses: [.tcp(host: "127.0.0.1", port: 0)], responder: StubResponder(), logger: .silent,
      eventLoopThreads: 2)
    _ = try await server.start()
    await server.respond()
    let gate = DispatchSemaphore(value: 0)
    let isStuck = Flag()
    let hasAnswered = Flag()
    try await withThrowingTaskGroup { group in
      // The second loop, which has nothing to do with the socket, is stuck.
      let loop = Array(server.group.makeIterator())[1]
      loop.execute {
        isStuck.set()
        gate.wait()
      }
      while !isStuck.isSet { await Task.yield() }
      group.addTask {
        await server.respond()
        hasAnswered.set()
      }
      for _ in 0..<100 { await Task.yield() }
      #expect(!hasAnswered.isSet)
      gate.signal()
      try await group.waitForAll()
    }
    #expect(hasAnswered.isSet)
    _ = await server.stop(drain: .zero)
    await server.respond()
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
