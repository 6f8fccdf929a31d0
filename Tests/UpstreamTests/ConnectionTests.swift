import Platform
import Testing
import Upstream

/// Which connection a request goes over, and how often.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test func aConnectionIsUsedAgain() async throws {
    let server = try ScriptedServer { peer in
      while true {
        _ = try peer.request()
        try peer.answer("\(peer.number)")
      }
    }
    let upstream = try client()
    var reused: [Bool] = []
    for _ in 0..<5 {
      let answer = try await upstream.send(post(server.url, [7]))
      #expect(answer.text == "0")
      reused.append(answer.timing.reusedConnection)
    }
    #expect(reused == [false, true, true, true, true])
    #expect(server.accepted == 1)
  }

  /// The connection answers once, takes the second request whole and then dies.
  ///
  /// libcurl would send that one again over a new connection; the body must have been seen once only.
  @Test(arguments: [5, 100_000, 3 << 20])
  func aBodyIsNeverSentTwice(size: Int) async throws {
    let seen = Locked<[[UInt8]]>([])
    let server = try ScriptedServer { peer in
      while true {
        let request = try peer.request()
        seen.withLock { $0.append(request.body) }
        if request.body.count == size { return }
        try peer.answer()
      }
    }
    let upstream = try client()
    _ = try await upstream.send(post(server.url, [1]))
    let body = [UInt8](repeating: 2, count: size)
    #expect(await upstream.failure(post(server.url, body)) == .disconnected)
    // Another exchange, so that whatever libcurl might still have had in mind has happened.
    _ = try await upstream.send(post(server.url, [3]))
    #expect(seen.withLock { $0 } == [[1], body, [3]])
  }

  /// The same, with a connection that is reset before it has read all of the body.
  @Test func aBodyThatWasCutOffIsNotSentAgain() async throws {
    let size = 8 << 20
    let starts = Locked<[UInt8]>([])
    let server = try ScriptedServer { peer in
      while true {
        let head = try peer.head()
        let first = try peer.bytes(1)
        starts.withLock { $0 += first }
        if head.contains("Content-Length: \(size)") { return peer.reset() }
        try peer.answer()
      }
    }
    let upstream = try client()
    _ = try await upstream.send(post(server.url, [1]))
    #expect(await upstream.failure(post(server.url, [UInt8](repeating: 2, count: size))) == .disconnected)
    _ = try await upstream.send(post(server.url, [3]))
    #expect(starts.withLock { $0 } == [1, 2, 3])
  }

  @Test func aGetOverADeadConnectionIsTriedAgain() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer()
      if peer.number == 0 { _ = try peer.request() }
    }
    let upstream = try client()
    _ = try await upstream.send(UpstreamRequest(url: server.url))
    #expect(try await upstream.send(UpstreamRequest(url: server.url)).text == "ok")
    #expect(server.accepted == 2)
  }

  @Test func aConnectionThatTheServerClosedIsNotUsed() async throws {
    let closed = Fact()
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer("\(peer.number)")
      peer.close()
      closed.tell()
    }
    let upstream = try client()
    #expect(try await upstream.send(post(server.url, [1])).text == "0")
    try await closed.heard()
    #expect(try await upstream.send(post(server.url, [2])).text == "1")
  }

  @Test func twoHundredRequestsAtOnceGetTheirOwnAnswers() async throws {
    let server = try ScriptedServer { peer in
      while true {
        let request = try peer.request()
        try peer.answer(String(decoding: request.body, as: UTF8.self))
      }
    }
    let upstream = try client()
    await withTaskGroup { group in
      for number in 0..<200 {
        group.addTask {
          let text = "request \(number) " + String(repeating: "x", count: number * 100)
          let answer = try? await upstream.send(post(server.url, Array(text.utf8)))
          #expect(answer?.text == text)
        }
      }
    }
    #expect(upstream.inFlight == 0)
  }
}
