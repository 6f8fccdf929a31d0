import HTTPTypes
import Listener
import Testing

/// Callers that leave, and callers that do not read.
@Suite(.timeLimit(.minutes(1))) struct CallerLeavesTests {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

  /// Waits until it is cancelled, and says so.
  private static func waiting(_ journal: Journal<String>) -> StubResponder {
    StubResponder(responds: { request, reply async throws(CallerGone) in
      journal.note("waits")
      await untilCancelled()
      journal.note("cancelled")
    })
  }

  enum Leave: CaseIterable { case close, reset }

  @Test(arguments: Leave.allCases)
  func `a responder is cancelled when its caller leaves`(_ leave: Leave) async throws {
    let journal = Journal<String>()
    try await withServer(Self.waiting(journal)) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "waits")
      switch leave {
      case .close: caller.close()
      case .reset: caller.reset()
      }
      #expect(await journal.next() == "cancelled")
      while server.server.connections + server.server.inFlight > 0 { await Task.yield() }
    }
  }

  @Test func `a responder in the middle of its answer is cancelled when its caller leaves`() async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      journal.note("waits")
      await untilCancelled()
      do { while true { try await reply.write([0x61]) } } catch { journal.note("\(error)") }
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "waits")
      caller.close()
      #expect(await journal.next() == "CallerGone()")
    }
  }

  @Test func `a caller that has only ended its sending half still gets the answer`() async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      await untilCancelled()
      try await StubResponder.echo(request, reply)
      journal.note("sent")
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
      caller.finishSending()
      let answer = try await caller.answer()
      #expect(answer.text == "POST / - hi")
      #expect(answer["connection"] == "close")
      #expect(await journal.next() == "sent")
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test(arguments: ["", "GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"])
  func `a caller that ends in the middle of a request gets no answer`(_ part: String) async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send(part)
      caller.finishSending()
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `listening for the caller's end does not cost the connection`() async throws {
    let gate = Gate()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      await gate.wait()
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      await gate.arrival()
      // Something is read while the responder works: the next request.
      await caller.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
      gate.open()
      #expect(try await caller.answer().keepsAlive)
      #expect(try await caller.answer().text == "GET /next - -")
    }
  }

  // MARK: Callers that do not read

  @Test func `a caller that does not read suspends its writer, and is cut after a while`() async throws {
    let journal = Journal<Int>()
    let part = [UInt8](repeating: 0x61, count: 64 * 1024)
    let responder = StubResponder(responds: { _, reply async throws(CallerGone) in
      var written = 0
      do {
        try await reply.begin(.ok, [:])
        while written < 1 << 28 {
          try await reply.write(part)
          written += part.count
        }
      } catch {
        journal.note(written)
      }
    })
    try await withServer(responder, limits: .with { $0.writeTimeout = .milliseconds(100) }) { server in
      let caller = try server.connect(receiveBuffer: 4096)
      await caller.send(Self.get)
      // The kernel's own buffers take some megabytes (tcp(7), tcp_wmem).
      #expect(try #require(await journal.next()) < 16 * 1024 * 1024)
      while server.server.connections > 0 { await Task.yield() }
    }
  }

  @Test func `a caller that reads late gets everything`() async throws {
    let journal = Journal<String>()
    let part = [UInt8](repeating: 0x61, count: 64 * 1024)
    let responder = StubResponder(responds: { _, reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      for number in 0..<256 {
        try await reply.write(part)
        if number == 2 { journal.note("wrote some") }
      }
      try await reply.finish()
    })
    try await withServer(responder) { server in
      let caller = try server.connect(receiveBuffer: 64 * 1024)
      await caller.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      _ = await journal.next()
      let (bytes, ending) = await caller.rest()
      #expect(ending == .closed)
      var reader = WireReader(bytes)
      let answer = try #require(try reader.answer(toHead: false, isEnd: true))
      #expect(answer.isWhole)
      #expect(answer.body.count == 256 * part.count)
    }
  }

  @Test func `a whole answer that is not taken is cut too`() async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { _, reply async throws(CallerGone) in
      do {
        try await reply.send(
          OutboundAnswer(status: .ok, body: [UInt8](repeating: 0x61, count: 64 * 1024 * 1024)))
      } catch { journal.note("\(error)") }
    })
    try await withServer(responder, limits: .with { $0.writeTimeout = .milliseconds(100) }) { server in
      let caller = try server.connect(receiveBuffer: 4096)
      await caller.send(Self.get)
      #expect(await journal.next() == "CallerGone()")
      while server.server.connections > 0 { await Task.yield() }
    }
  }
}
