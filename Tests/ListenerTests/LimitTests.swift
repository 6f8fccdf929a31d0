import Listener
import Testing

/// What one caller may not take too much of.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
  @Test(arguments: [
    "GET /\(String(repeating: "a", count: 1024)) HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 1024))\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "a", count: 1024)): x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "a: \(String(repeating: "b", count: 99))\r\n", count: 11))\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: \(String(repeating: "a", count: 1024))\r\n\r\n",
  ])
  func `a head or a trailer with too many bytes is refused with 431`(_ request: String) async throws {
    try await withServer(limits: .with { $0.maxHeaderBytes = 1024 }) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(request)
      #expect(answer.status == 431)
      #expect(answer.text == "headersTooLarge(limit: 1024)")
      #expect(answer["connection"] == "close")
    }
  }

  @Test func `a head of nearly the limit is taken`() async throws {
    try await withServer(limits: .with { $0.maxHeaderBytes = 1024 }) { server in
      let value = String(repeating: "a", count: 1000)
      let answer = try await server.connect().exchange("GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\r\n\r\n")
      #expect(answer.status == 200)
    }
  }

  @Test(arguments: [(16, 200), (17, 431)])
  func `a head may have as many fields as the limit says`(_ count: Int, _ status: Int) async throws {
    try await withServer(limits: .with { $0.maxHeaderFields = 16 }) { server in
      let fields = (2...count).map { "a\($0): b\r\n" }.joined()
      let answer = try await server.connect().exchange("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
      #expect(answer.status == status)
    }
  }

  @Test func `each request of a connection has the whole limit to itself`() async throws {
    try await withServer(limits: .with { $0.maxHeaderBytes = 1024 }) { server in
      let caller = try server.connect()
      let value = String(repeating: "a", count: 1000)
      for _ in 0..<10 {
        let answer = try await caller.exchange("GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\r\n\r\n")
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `a caller over the limit of connections is told so`() async throws {
    try await withServer(limits: .with { $0.maxConnections = 2 }) { server in
      var callers: [RawClient] = []
      for _ in 0..<2 {
        let caller = try server.connect()
        #expect(try await caller.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
        callers.append(caller)
      }
      let third = try server.connect()
      let answer = try await third.answer()
      #expect(answer.status == 503)
      #expect(answer.text == "tooManyConnections(limit: 2)")
      #expect(answer["connection"] == "close")
      #expect(await third.rest() == ([], .closed))
      #expect(try await callers[0].exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
    }
  }

  @Test func `a caller far over the limit of connections is not heard at all`() async throws {
    // The second caller keeps its place while it lingers.
    let limits = ListenerLimits.with {
      ($0.maxConnections, $0.excessConnections, $0.lingerTime) = (1, 1, .seconds(60))
    }
    try await withServer(limits: limits) { server in
      let first = try server.connect()
      #expect(try await first.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
      let second = try server.connect()
      #expect(try await second.answer().status == 503)
      let third = try server.connect()
      #expect(await third.rest() == ([], .closed))
    }
  }

  @Test func `a place is free again when its caller has gone`() async throws {
    try await withServer(limits: .with { $0.maxConnections = 1 }) { server in
      for _ in 0..<20 {
        let caller = try server.connect()
        let answer = try await caller.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.status == 200)
        caller.close()
        // The place is given back before the number of connections falls.
        while server.server.connections > 0 { await Task.yield() }
      }
    }
  }

  // MARK: Time. The clock is the real one here and only once each; ConnectionClockTests has the rest.

  @Test func `a head that does not come to its end in time is refused with 408`() async throws {
    // What there is of the head waits in the socket before the server does.
    let socket = try BoundSocket(port: 0)
    let caller = try RawClient(to: socket.bound)
    await caller.send("GET / HTTP/1.1\r\nHost")
    let limits = ListenerLimits.with { $0.headerTimeout = .milliseconds(500) }
    try await withServer(limits: limits, addresses: [], inherited: [socket.descriptor]) { _ in
      let answer = try await caller.answer()
      #expect(answer.status == 408)
      #expect(answer.text == "headerTimeout")
      #expect(answer["connection"] == "close")
    }
  }

  @Test func `a body that stops arriving is refused with 408`() async throws {
    try await withServer(limits: .with { $0.bodyTimeout = .milliseconds(50) }) { server in
      let answer = try await server.connect().exchange(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1")
      #expect(answer.status == 408)
      #expect(answer.text == "bodyTimeout")
      #expect(answer["connection"] == "close")
    }
  }

  @Test func `a connection without a request is closed without a word`() async throws {
    try await withServer(limits: .with { $0.headerTimeout = .milliseconds(50) }) { server in
      let caller = try server.connect()
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `a connection without another request is closed without a word`() async throws {
    try await withServer(limits: .with { $0.idleTimeout = .milliseconds(50) }) { server in
      let caller = try server.connect()
      #expect(try await caller.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `a responder may take longer than its caller may`() async throws {
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      // The work itself takes time here.
      try? await Task.sleep(for: .milliseconds(20))
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder, limits: .with { $0.bodyTimeout = .milliseconds(1) }) { server in
      let caller = try server.connect()
      for _ in 0..<3 {
        // Head and body come in one piece, so the body is never waited for.
        let answer = try await caller.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1")
        #expect(answer.status == 200 && answer.keepsAlive)
      }
    }
  }
}
