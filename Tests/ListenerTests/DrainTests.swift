import HTTPTypes
import Testing

@testable import Listener

/// How a server stops.
@Suite(.timeLimit(.minutes(1))) struct DrainTests {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

  /// Answers when the gate is open, whatever happens.
  private static func stubborn(_ gate: Gate) -> StubResponder {
    StubResponder(responds: { request, reply async throws(CallerGone) in
      await gate.wait()
      try await StubResponder.echo(request, reply)
    })
  }

  /// Waits until it is cancelled and leaves no answer.
  private static func obedient(_ journal: Journal<String>) -> StubResponder {
    StubResponder(responds: { _, _ async throws(CallerGone) in
      journal.note("waits")
      await untilCancelled()
    })
  }

  @Test func `a server that nobody talks to stops at once`() async throws {
    try await withServer { server in
      #expect(await server.server.stop(drain: .seconds(60)) == DrainResult())
    }
  }

  @Test func `a server that never started stops at once`() async {
    let server = HTTPServer(addresses: [], responder: StubResponder(), logger: .silent)
    #expect(await server.stop(drain: .seconds(60)) == DrainResult())
  }

  @Test func `a server that was stopped does not start`() async throws {
    let server = HTTPServer(
      addresses: [.tcp(host: "127.0.0.1", port: 0)], responder: StubResponder(), logger: .silent)
    _ = await server.stop(drain: .zero)
    await #expect(throws: (any Error).self) { try await server.start() }
  }

  @Test func `idle connections are ended, and none of them is reset`() async throws {
    try await withServer { server in
      let fresh = try server.connect()
      let used = try server.connect()
      #expect(try await used.exchange(Self.get).status == 200)
      let talking = try server.connect()
      #expect(try await talking.exchange(Self.get + "GET / HTT").status == 200)
      while server.server.connections < 3 || server.server.inFlight > 0 { await Task.yield() }
      async let result = server.server.stop(drain: .seconds(60))
      for caller in [fresh, used, talking] { #expect(await caller.rest() == ([], .closed)) }
      #expect(await result == DrainResult())
    }
  }

  @Test func `without a drain, idle connections are closed at once`() async throws {
    // Whoever waited would wait for longer than the test may take.
    try await withServer(limits: .with { $0.crossingTime = .seconds(3600) }) { server in
      let callers = try (0..<3).map { _ in try server.connect() }
      for caller in callers { #expect(try await caller.exchange(Self.get).status == 200) }
      // A caller may have its answer before the server has put the request away.
      while server.server.inFlight > 0 { await Task.yield() }
      #expect(await server.server.stop(drain: .zero) == DrainResult())
      for caller in callers { #expect(await caller.rest() == ([], .closed)) }
    }
  }

  @Test func `what is in flight is answered, and told that the connection ends`() async throws {
    let gate = Gate()
    try await withServer(Self.stubborn(gate)) { server in
      let callers = try (0..<3).map { _ in try server.connect() }
      for caller in callers {
        await caller.send(Self.get)
        await gate.arrival()
      }
      #expect(server.server.inFlight == 3)
      async let result = server.server.stop(drain: .seconds(60))
      try await server.untilDraining()
      gate.open()
      for caller in callers {
        let answer = try await caller.answer()
        #expect(answer.status == 200)
        #expect(answer["connection"] == "close")
        #expect(await caller.rest() == ([], .closed))
        caller.close()
      }
      #expect(await result == DrainResult(answered: 3, cancelled: 0))
      #expect(server.server.inFlight == 0 && server.server.connections == 0)
    }
  }

  @Test func `a body on its way in when the drain begins is received and answered`() async throws {
    try await withServer(limits: .with { $0.bodyPatience = .seconds(60) }) { server in
      let caller = try server.connect()
      await caller.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await caller.answer().status == 100)
      async let result = server.server.stop(drain: .seconds(60))
      try await server.untilDraining()
      let answer = try await caller.exchange("body")
      #expect(answer.text == "POST / - body")
      #expect(answer["connection"] == "close")
      caller.close()
      #expect(await result == DrainResult(answered: 1, cancelled: 0))
    }
  }

  @Test func `what outlives the drain is cancelled and told so`() async throws {
    let journal = Journal<String>()
    try await withServer(Self.obedient(journal)) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "waits")
      async let result = server.server.stop(drain: .milliseconds(20))
      let answer = try await caller.answer()
      #expect(answer.status == 503)
      #expect(answer.text == "shuttingDown")
      #expect(answer["connection"] == "close")
      caller.close()
      #expect(await result == DrainResult(answered: 0, cancelled: 1))
    }
  }

  @Test func `what was cancelled counts as that, even if it is answered after all`() async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      journal.note("waits")
      await untilCancelled()
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "waits")
      async let result = server.server.stop(drain: .zero)
      #expect(try await caller.answer().status == 200)
      caller.close()
      #expect(await result == DrainResult(answered: 0, cancelled: 1))
    }
  }

  @Test func `a body that outlives the drain is given up`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await caller.answer().status == 100)
      async let result = server.server.stop(drain: .zero)
      let answer = try await caller.answer()
      #expect(answer.status == 503 && answer.text == "shuttingDown" && answer["connection"] == "close")
      caller.close()
      #expect(await result == DrainResult(unreceived: 1))
    }
  }

  @Test func `an answer half written when the drain ends is visibly not whole`() async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { _, reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      try await reply.write(Array("half".utf8))
      journal.note("waits")
      await untilCancelled()
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "waits")
      #expect(await server.server.stop(drain: .zero) == DrainResult(answered: 0, cancelled: 1))
      let answer = try await caller.answer()
      #expect(answer.text == "half")
      #expect(!answer.isWhole)
    }
  }

  @Test func `a second stop shortens the wait of the first`() async throws {
    let journal = Journal<String>()
    try await withServer(Self.obedient(journal)) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "waits")
      async let first = server.server.stop(drain: .seconds(3600))
      try await server.untilDraining()
      #expect(await server.server.stop(drain: .zero) == DrainResult(answered: 0, cancelled: 1))
      #expect(await first == DrainResult(answered: 0, cancelled: 1))
    }
  }

  @Test func `a second stop ends the wait of the first even for a responder that hears nothing`() async throws
  {
    let gate = Gate()
    try await withServer(Self.stubborn(gate)) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      await gate.arrival()
      async let first = server.server.stop(drain: .seconds(3600))
      try await server.untilDraining()
      #expect(await server.server.stop(drain: .zero) == DrainResult(cancelled: 1))
      #expect(await first == DrainResult(cancelled: 1))
      gate.open()
    }
  }

  @Test func `a responder that hears nothing does not keep the server from stopping`() async throws {
    let gate = Gate()
    try await withServer(Self.stubborn(gate)) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      await gate.arrival()
      #expect(await server.server.stop(drain: .zero) == DrainResult(answered: 0, cancelled: 1))
      #expect(await caller.rest().bytes.isEmpty)
      // It may still write, to nobody.
      gate.open()
    }
  }

  @Test func `serve returns when the server has stopped, and when its task is cancelled`() async throws {
    try await withServer { server in
      let cancelled = Task { await server.server.serve() }
      let stopped = Task { await server.server.serve() }
      cancelled.cancel()
      await cancelled.value
      let answer = try await server.connect().exchange(Self.get)
      #expect(answer.status == 200)
      _ = await server.server.stop(drain: .zero)
      await stopped.value
      await server.server.serve()
    }
  }
}
