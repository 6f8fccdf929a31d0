import HTTPTypes
import Testing
import Upstream

/// Answers that are larger than anybody wants them.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
  private func request(_ server: ScriptedServer, limit: Int) -> UpstreamRequest {
    UpstreamRequest(url: server.url, responseLimit: limit)
  }

  @Test func anAnswerOfExactlyTheLimitIsTaken() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer(String(repeating: "x", count: 100_000))
    }
    let upstream = try client()
    #expect(try await upstream.send(request(server, limit: 100_000)).body.count == 100_000)
    #expect(await upstream.failure(request(server, limit: 99_999)) == .tooLarge(limit: 99_999))
  }

  @Test func aLargeAnswerArrivesByteForByte() async throws {
    let piece = (0..<70_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let body = Array(repeatElement(piece, count: 100).joined())
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
      try peer.send(body)
    }
    #expect(try await client().send(request(server, limit: 64 << 20)).body == body)
  }

  @Test(arguments: [(500, 65_536), (500, 65_537), (404, 1_000_000), (200, 65_537)])
  func ofALongErrorOnlyTheStatusIsKept(status: Int, size: Int) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 \(status) X\r\nRetry-After: 7\r\nContent-Length: \(size)\r\n\r\n")
      try peer.send([UInt8](repeating: 1, count: size))
    }
    let answer = try await client().send(request(server, limit: 1 << 20))
    #expect(answer.status == status && answer.fields[.retryAfter] == "7")
    #expect(answer.body.count == (status == 200 || size <= 65_536 ? size : 0))
  }

  @Test func anAnnouncementIsEnough() async throws {
    let ended = Fact()
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
      peer.waitForEnd()
      ended.tell()
    }
    let upstream = try client()
    #expect(await upstream.failure(request(server, limit: 1000)) == .tooLarge(limit: 1000))
    try await ended.heard()
  }

  @Test func anEndlessBodyIsCut() async throws {
    let ended = Fact()
    let server = try ScriptedServer { peer in
      defer { ended.tell() }
      _ = try peer.request()
      try peer.send("HTTP/1.1 200 OK\r\n\r\n")
      while true { try peer.send([UInt8](repeating: 1, count: 65536)) }
    }
    let upstream = try client()
    #expect(await upstream.failure(request(server, limit: 1 << 20)) == .tooLarge(limit: 1 << 20))
    try await ended.heard()
  }

  @Test func aCompressedAnswerIsCountedAsItComesOut() async throws {
    let size = 10 << 20
    let compressed = try Self.gzipZeros(size)
    #expect(compressed.count < 20_000)
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(compressed.count)\r\n\r\n")
      try peer.send(compressed)
    }
    let upstream = try client()
    let whole = try await upstream.send(request(server, limit: size))
    #expect(whole.body == [UInt8](repeating: 0, count: size))
    #expect(await upstream.failure(request(server, limit: size - 1)) == .tooLarge(limit: size - 1))
  }

  @Test(arguments: ["X-Filler: \(String(repeating: "x", count: 500))\r\n", "a:\r\n", "X: one line "])
  func endlessFieldsAreCut(line: String) async throws {
    let ended = Fact()
    let lines = Array(String(repeating: line, count: 4096 / line.utf8.count + 1).utf8)
    let server = try ScriptedServer { peer in
      defer { ended.tell() }
      _ = try peer.request()
      try peer.send("HTTP/1.1 200 OK\r\n")
      while true { try peer.send(lines) }
    }
    let upstream = try client()
    #expect(await upstream.failure(request(server, limit: 1000)) == .protocolFault)
    try await ended.heard()
  }

  @Test func endlessInterimAnswersAreCut() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      while true { try peer.send("HTTP/1.1 102 Processing\r\n\r\n") }
    }
    let upstream = try client()
    #expect(await upstream.failure(request(server, limit: 1000)) == .protocolFault)
  }

  @Test func thousandsOfFieldsWithinTheBoundAreTaken() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer(fields: String(repeating: "a:\r\n", count: 15_000))
    }
    let upstream = try client()
    #expect(try await upstream.send(request(server, limit: 1000)).fields.count == 15_001)
  }

  /// So many zero bytes as gzip(1) packs them.
  private static func gzipZeros(_ count: Int) throws -> [UInt8] {
    try Shell("head -c \(count) /dev/zero | gzip -9").output()
  }
}
