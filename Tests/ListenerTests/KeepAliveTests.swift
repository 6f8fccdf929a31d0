import HTTPTypes
import Listener
import Testing

/// One connection, many requests.
@Suite(.timeLimit(.minutes(1))) struct KeepAliveTests {
  private let pipelined =
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\n" + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nfoo"
    + "GET /c HTTP/1.1\r\nHost: x\r\n\r\n"

  @Test func `fifty requests go over one connection`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      for number in 0..<50 {
        let answer = try await caller.exchange(
          "GET /\(number)?n=\(number) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(answer.status == 200)
        #expect(answer.text == "GET /\(number)?n=\(number) - -")
        #expect(answer.keepsAlive)
      }
      #expect(server.server.connections == 1)
    }
  }

  @Test func `requests sent at once are answered in their order`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send(pipelined)
      #expect(try await caller.answer().text == "GET /a - -")
      #expect(try await caller.answer().text == "POST /b - foo")
      #expect(try await caller.answer().text == "GET /c - -")
    }
  }

  @Test func `requests sent at once are worked on one at a time`() async throws {
    let running = Count()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      let most = running.enter()
      await Task.yield()
      running.leave()
      try await reply.send(.text("\(most)"))
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 20))
      for _ in 0..<20 { #expect(try await caller.answer().text == "1") }
    }
  }

  @Test func `a caller that sends several requests and closes its half gets all answers`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send(pipelined)
      caller.finishSending()
      #expect(try await caller.answer().text == "GET /a - -")
      #expect(try await caller.answer().text == "POST /b - foo")
      let last = try await caller.answer()
      #expect(last.text == "GET /c - -")
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `requests beyond the depth that is allowed are not answered`() async throws {
    let limits = ListenerLimits.with { $0.maxPipelined = 3 }
    let gate = Gate()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      await gate.wait()
      try await reply.send(.text(request.head.path))
    })
    try await withServer(responder, limits: limits) { server in
      let caller = try server.connect()
      await caller.send((1...9).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
      // All nine have arrived when the first is worked on, because they came in one piece.
      await gate.arrival()
      gate.open()
      let first = try await caller.answer()
      #expect(first.text == "/1")
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: x, CLOSE\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\n1",
  ])
  func `the connection ends after the answer to a caller that cannot go on`(_ request: String) async throws {
    try await withServer { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(request)
      #expect(answer.status == 200)
      #expect(answer.framing == .length)
      #expect(answer["connection"] == "close")
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `an answer to HEAD has the length and no body, and the connection goes on`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n")
      let answer = try await caller.answer(toHead: true)
      #expect(answer["content-length"] == "\("HEAD /x - -".utf8.count)")
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "GET /y - -")
    }
  }

  @Test(arguments: [204, 304])
  func `an answer that never has a body gets none, and the connection goes on`(_ code: Int) async throws {
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      guard request.head.path == "/none" else { return try await StubResponder.echo(request, reply) }
      try await reply.send(.text("must not be seen", status: HTTPResponse.Status(code: code)))
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange("GET /none HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.status == code)
      #expect(answer["content-length"] == nil && answer["transfer-encoding"] == nil)
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "GET /y - -")
    }
  }

  @Test func `every answer names its request and its date`() async throws {
    let journal = Journal<RequestID>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      journal.note(request.head.id)
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      var names: Set<String> = []
      for _ in 0..<3 {
        let answer = try await caller.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let name = try #require(answer["x-request-id"])
        #expect(await journal.next()?.description == name)
        #expect(answer["date"]?.hasSuffix(" GMT") == true)
        names.insert(name)
      }
      #expect(names.count == 3)
    }
  }

  @Test func `the framing of an answer is the listener's, whatever the responder says`() async throws {
    let responder = StubResponder(responds: { _, reply async throws(CallerGone) in
      var answer = OutboundAnswer.text("four")
      answer.fields[.contentLength] = "99"
      answer.fields[.transferEncoding] = "gzip"
      answer.fields[.connection] = "upgrade"
      answer.fields[.date] = "today"
      try await reply.send(answer)
    })
    try await withServer(responder) { server in
      let answer = try await server.connect().exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.fields["content-length"] == ["4"])
      #expect(answer.fields["transfer-encoding"] == nil)
      #expect(answer.fields["connection"] == ["keep-alive"])
      #expect(answer.fields["date"] == ["today"])
      #expect(answer.text == "four")
    }
  }

  @Test func `empty lines before a request are passed over`() async throws {
    try await withServer { server in
      let answer = try await server.connect().exchange("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.status == 200)
    }
  }
}
