import HTTPTypes
import Platform
import Testing

@testable import Listener

/// What all callers together may not take too much of, and how often one may ask.
@Suite(.timeLimit(.minutes(1))) struct SharedLimitTests {
  private static let limits = ListenerLimits.with {
    ($0.bodyRoom, $0.bodyShare, $0.bodyPatience) = (100_000, 1000, .seconds(60))
  }
  private static let half = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + text(90_000)

  private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

  private static func post(_ count: Int) -> String {
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(count)\r\n\r\n" + text(count)
  }

  /// Waits until bodies take this much room.
  private func until(_ server: ServerUnderTest, _ holds: (Int) -> Bool) async {
    while !holds(server.server.room.withLock { $0.used }) { await Task.yield() }
  }

  @Test func `a body without room is refused with 503, and small ones are not concerned`() async throws {
    try await withServer(limits: Self.limits) { server in
      let slow = try server.connect()
      await slow.send(Self.half)
      await until(server) { $0 == 89_000 }
      let other = try server.connect()
      let refused = try await other.exchange(Self.post(50_000))
      #expect(refused.status == 503)
      #expect(refused.text == "tooManyBodies(limit: 100000)")
      #expect(refused["connection"] == "close")
      #expect(try await server.connect().exchange(Self.post(900)).status == 200)
      #expect(try await server.connect().exchange(Self.post(11_000)).status == 200)
      await slow.send(Self.text(10_000))
      await until(server) { $0 == 99_000 }
    }
  }

  @Test func `a body that has been on its way for too long gives way`() async throws {
    var limits = Self.limits
    limits.bodyPatience = .zero
    try await withServer(limits: limits) { server in
      let slow = try server.connect()
      await slow.send(Self.half)
      await until(server) { $0 == 89_000 }
      #expect(try await server.connect().exchange(Self.post(50_000)).status == 200)
      let refused = try await slow.answer()
      #expect(refused.status == 503)
      #expect(refused.text == "tooManyBodies(limit: 100000)")
      await until(server) { $0 == 0 }
    }
  }

  @Test func `room is free again however a request ends`() async throws {
    try await withServer(limits: Self.limits) { server in
      let caller = try server.connect()
      for _ in 0..<3 { #expect(try await caller.exchange(Self.post(90_000)).status == 200) }
      let leaver = try server.connect()
      await leaver.send(Self.half)
      await until(server) { $0 > 0 }
      leaver.close()
      await until(server) { $0 == 0 }
      let liar = try server.connect()
      await liar.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n")
      await liar.send(Self.text(65536) + "no size")
      #expect(try await liar.answer().status == 400)
      await until(server) { $0 == 0 }
    }
  }

  @Test func `an answer that is not taken gives way to a new one`() async throws {
    let large = [UInt8](repeating: 0x61, count: 32 << 20)
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      try await reply.send(OutboundAnswer(status: .ok, body: large))
    })
    try await withServer(responder, limits: .with { $0.bodyRoom = 40 << 20 }) { server in
      let first = try server.connect(receiveBuffer: 4096)
      await first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await until(server) { $0 > 30 << 20 }
      let second = try server.connect(receiveBuffer: 4096)
      await second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let cut = await first.rest()
      #expect(cut.bytes.count < large.count)
      second.close()
      await until(server) { $0 == 0 }
    }
  }

  @Test func `the kernel keeps little of what a caller does not read`() async throws {
    let large = [UInt8](repeating: 0x61, count: 2 << 20)
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      try await reply.send(OutboundAnswer(status: .ok, body: large))
    })
    try await withServer(responder) { server in
      let caller = try server.connect(receiveBuffer: 4096)
      await caller.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      // It all would be out at once, and no room taken, if the kernel took it.
      await until(server) { $0 > 0 }
      caller.close()
      await until(server) { $0 == 0 }
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
  ])
  func `the last request that a connection may carry is told so`(_ request: String) async throws {
    for responder in [StubResponder(), .refusing] {
      try await withServer(responder, limits: .with { $0.requestsPerConnection = 3 }) { server in
        let caller = try server.connect()
        for _ in 0..<2 { #expect(try await caller.exchange(request)["connection"] == "keep-alive") }
        #expect(try await caller.exchange(request)["connection"] == "close")
        #expect(await caller.rest() == ([], .closed))
      }
    }
  }
}
