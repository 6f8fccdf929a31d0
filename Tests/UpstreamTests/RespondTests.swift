import Foundation
import Synchronization
import Testing

@testable import Upstream

/// Whether the curl thread comes round, which the watchdog asks.
@Suite(.timeLimit(.minutes(1))) struct RespondTests {
  @Test func `a thread that is stuck does not answer until it comes round again`() async throws {
    let upstream = try client()
    await upstream.respond()
    let gate = DispatchSemaphore(value: 0)
    let (isStuck, hasAnswered) = (Flag(), Flag())
    upstream.thread.run {
      isStuck.set()
      gate.wait()
    }
    while !isStuck.isSet { await Task.yield() }
    let asking = Task {
      await upstream.respond()
      hasAnswered.set()
    }
    for _ in 0..<100 { await Task.yield() }
    #expect(!hasAnswered.isSet)
    gate.signal()
    await asking.value
    #expect(hasAnswered.isSet)
  }

  @Test func `a router that cannot be reached is no reason not to answer`() async throws {
    let crowded = try CrowdedPort()
    let upstream = try client()
    let task = Task { await upstream.failure(UpstreamRequest(url: crowded.url)) }
    while upstream.inFlight == 0 { await Task.yield() }
    for _ in 0..<20 { await upstream.respond() }
    task.cancel()
    _ = await task.value
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
