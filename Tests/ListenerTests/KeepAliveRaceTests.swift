import Dispatch
import Foundation
import HTTPTypes
import Platform
import Testing

@testable import Listener

/// Requests that meet the end of their connection on the way.
@Suite(.timeLimit(.minutes(1))) struct KeepAliveRaceTests {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
  private static let port = ListenAddress.tcp(host: "127.0.0.1", port: 0)

  /// Limits under which nothing but a request or its caller's end ends an idle connection in a drain.
  private static let patient = ListenerLimits.with { $0.crossingTime = .seconds(3600) }

  // MARK: On its way when the drain begins

  @Test func `a request that reaches an idle connection in a drain is answered`() async throws {
    try await withServer(limits: Self.patient) { server in
      let caller = try server.connect()
      #expect(try await caller.exchange(Self.get).keepsAlive)
      async let result = server.server.stop(drain: .seconds(60))
      try await server.untilDraining()
      let answer = try await caller.exchange(Self.get)
      #expect(answer.status == 200 && answer["connection"] == "close")
      #expect(await caller.rest() == ([], .closed))
      caller.close()
      #expect(await result.isComplete)
    }
  }

  @Test func `a request that was sent on the promise of a stream's head is answered`() async throws {
    let gate = Gate()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      guard request.head.path == "/stream" else { return try await StubResponder.echo(request, reply) }
      try await reply.begin(.ok, [:])
      await gate.wait()
      try await reply.finish()
    })
    try await withServer(responder, limits: Self.patient) { server in
      let caller = try server.connect()
      await caller.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
      await gate.arrival()
      async let result = server.server.stop(drain: .seconds(60))
      try await server.untilDraining()
      await caller.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
      gate.open()
      #expect(try await caller.answer().keepsAlive)
      let second = try await caller.answer()
      #expect(second.text == "GET /a - -" && second["connection"] == "close")
      #expect(await caller.rest() == ([], .closed))
      caller.close()
      #expect(await result == DrainResult(answered: 2))
    }
  }

  @Test func `what is pipelined behind a last answer is not begun`() async throws {
    let (gate, journal) = (Gate(), Journal<String>())
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      journal.note(request.head.path)
      await gate.wait()
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send((1...5).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
      await gate.arrival()
      async let result = server.server.stop(drain: .seconds(60))
      try await server.untilDraining()
      gate.open()
      let answer = try await caller.answer()
      #expect(answer.text == "GET /1 - -" && answer["connection"] == "close")
      #expect(await caller.rest() == ([], .closed))
      caller.close()
      #expect(await result == DrainResult(answered: 1))
      journal.note("end")
      #expect(await journal.next() == "/1")
      #expect(await journal.next() == "end")
    }
  }

  @Test func `what was sent on a promise is not begun when the time of the drain is over`() async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      journal.note(request.head.path)
      try await reply.begin(.ok, [:])
      await untilCancelled()
      try await reply.finish()
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await journal.next() == "/a")
      while await caller.receiveMore() == nil, !caller.seen.contains("\r\n\r\n") {}
      async let result = server.server.stop(drain: .zero)
      #expect(try await caller.answer().isWhole)
      #expect(await caller.rest() == ([], .closed))
      caller.close()
      #expect(await result == DrainResult(cancelled: 1))
      journal.note("end")
      #expect(await journal.next() == "end")
    }
  }

  // MARK: Accepted by the kernel alone

  /// Holds the event loop in `admit` until told otherwise, so that nothing is accepted.
  private final class HeldLoop: Sendable {
    private let release = DispatchSemaphore(value: 0)
    private let held = Journal<Void>()

    var responder: StubResponder {
      StubResponder(admits: { head in
        if head.path == "/hold" {
          self.held.note(())
          self.release.wait()
        }
        return .receive(bodyLimit: 1024)
      })
    }

    func isHeld() async { await held.next() }
    func goOn() { release.signal() }
  }

  @Test(arguments: [true, false])
  func `connections that wait to be accepted are accepted first, and answered`(_ isTCP: Bool) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/listener-\(UUID().uuidString.prefix(8))"
    defer { unlink(path) }
    let loop = HeldLoop()
    let address = isTCP ? Self.port : .unix(path: path, mode: nil, user: nil, group: nil)
    try await withServer(loop.responder, addresses: [address]) { server in
      let first = try server.connect()
      await first.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
      await loop.isHeld()
      // More than one turn of the loop accepts.
      let waiting = try (0..<50).map { _ in try server.connect() }
      for caller in waiting { await caller.send(Self.get) }
      async let result = server.server.stop(drain: .seconds(60))
      while !server.server.isStopping { await Task.yield() }
      loop.goOn()
      for caller in [first] + waiting {
        let answer = try await caller.answer()
        #expect(answer.status == 200, "\(answer.text)")
        #expect(await caller.rest() == ([], .closed))
        caller.close()
      }
      #expect(await result.isComplete)
    }
  }

  // MARK: Hammered

  @Test(arguments: 0..<8)
  func `of callers that never pause none is answered less than it was worked for`(_ round: Int) async throws {
    let begun = Locked(0)
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      begun.withLock { $0 += 1 }
      if round.isMultiple(of: 2) { await Task.yield() }
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder, eventLoopThreads: 1 + round % 3) { server in
      let answered = Locked(0)
      let enough = Latch()
      await withTaskGroup { group in
        for _ in 0..<16 {
          group.addTask {
            while let caller = try? await server.connectAside() {
              // An end without an answer is the other allowed outcome: whether it is clean, the counts say.
              while let answer = try? await caller.exchange(Self.get) {
                answered.withLock { $0 += 1 }
                if answered.withLock({ $0 }) > 200 { enough.open() }
                guard answer.keepsAlive else { break }
              }
            }
          }
        }
        await enough.wait()
        #expect(await server.server.stop(drain: .seconds(60)).isComplete)
      }
      #expect(answered.withLock { $0 } == begun.withLock { $0 })
    }
  }
}
