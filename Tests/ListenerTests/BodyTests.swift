import HTTPTypes
import Listener
import Testing

/// Bodies on their way in.
@Suite(.timeLimit(.minutes(1))) struct BodyTests {
  private static func responder(limit: Int) -> StubResponder {
    StubResponder(admits: { _ in .receive(bodyLimit: limit) })
  }

  /// Refuses `/no` and takes `/yes`.
  private let choosy = StubResponder(admits: { head in
    head.path == "/no" ? .refuse(.text("no", status: .forbidden)) : .receive(bodyLimit: 1 << 20)
  })

  @Test func `a chunked body arrives with the chunking taken off`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      await caller.send("5\r\nhello\r\n")
      await caller.send("1;name=value\r\n \r\n00005\r\nwor")
      await caller.send("ld\r\n0\r\nTrailer: ignored\r\n\r\n")
      #expect(try await caller.answer().text == "POST / - hello world")
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "GET /y - -")
    }
  }

  @Test func `three megabytes arrive as they were sent`() async throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let responder = StubResponder(
      admits: { _ in .receive(bodyLimit: 1 << 22) },
      responds: { request, reply async throws(CallerGone) in
        try await reply.send(OutboundAnswer(status: .ok, body: request.body))
      })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n")
      async let sent = caller.send(body)
      let answer = try await caller.answer()
      #expect(answer.body == body)
      #expect(await sent)
    }
  }

  @Test func `a caller that waits for 100 Continue is told so before it sends its body`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      await caller.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n")
      let interim = try await caller.answer()
      #expect(interim.status == 100)
      #expect(interim.fields.isEmpty)
      #expect(try await caller.exchange("body").text == "POST / - body")
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "GET /y - -")
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
    "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n1",
  ])
  func `no 100 Continue goes to a caller without a body or of HTTP 1.0`(_ request: String) async throws {
    try await withServer { server in
      let answer = try await server.connect().exchange(request)
      #expect(answer.status == 200)
    }
  }

  @Test(arguments: ["200-ok", "100-continue, x", "100-continue=1", "x"])
  func `other expectations fail with 417`(_ expectation: String) async throws {
    try await withServer { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: \(expectation)\r\n\r\n")
      #expect(answer.status == 417)
      #expect(answer.text == "unsupportedExpectation")
      #expect(answer["connection"] == "close")
    }
  }

  @Test func `a refused caller that waits for 100 Continue gets the refusal instead`() async throws {
    try await withServer(choosy) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(
        "POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
      #expect(answer.status == 403)
      #expect(answer["connection"] == "close")
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `a caller that is refused while it sends a long body sees the answer and no reset`() async throws
  {
    var limits = ListenerLimits()
    limits.lingerTime = .seconds(30)
    try await withServer(choosy, limits: limits) { server in
      let caller = try server.connect()
      let length = 8 * 1024 * 1024
      await caller.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n")
      async let sent = caller.send([UInt8](repeating: 0x61, count: length))
      let answer = try await caller.answer()
      #expect(answer.status == 403)
      #expect(answer.text == "no")
      #expect(answer["connection"] == "close")
      #expect(await sent)
      #expect(await caller.rest() == ([], .closed))
    }
  }

  @Test func `a short body of a refused request is passed over and the connection goes on`() async throws {
    try await withServer(choosy) { server in
      let caller = try server.connect()
      await caller.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nGET /smuggled HTTP")
      let refusal = try await caller.answer()
      #expect(refusal.status == 403 && refusal.keepsAlive)
      let next = try await caller.exchange(
        "/1.1\r\n\r\nPOST /yes HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1")
      #expect(next.text == "POST /yes - 1")
    }
  }

  @Test func `nothing of a refused chunked body is taken for a request`() async throws {
    try await withServer(choosy) { server in
      let caller = try server.connect()
      await caller.send("POST /no HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      #expect(try await caller.answer().status == 403)
      await caller.send("0\r\n\r\nGET /yes HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await caller.rest().bytes.isEmpty)
    }
  }

  @Test func `an announced length over the limit is refused before the body is sent`() async throws {
    try await withServer(Self.responder(limit: 10)) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
      #expect(answer.status == 413)
      #expect(answer.text == "bodyTooLarge(limit: 10)")
      #expect(answer["connection"] == "close")
    }
  }

  @Test func `a body of exactly the limit is taken`() async throws {
    try await withServer(Self.responder(limit: 10)) { server in
      let caller = try server.connect()
      let plain = try await caller.exchange(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789")
      #expect(plain.text == "POST / - 0123456789")
      let chunked = try await caller.exchange(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"
      )
      #expect(chunked.text == "POST / - 0123456789")
    }
  }

  @Test func `a chunked body is refused where it grows over the limit`() async throws {
    try await withServer(Self.responder(limit: 10)) { server in
      let caller = try server.connect()
      await caller.send(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n")
      let answer = try await caller.exchange("01234")
      #expect(answer.status == 413)
      #expect(answer["connection"] == "close")
      await caller.send("\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await caller.rest().bytes.isEmpty)
    }
  }

  @Test func `a length of a terabyte is believed when it comes`() async throws {
    let responder = StubResponder(admits: { _ in .receive(bodyLimit: .max) })
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await caller.answer().status == 100)
    }
  }
}
