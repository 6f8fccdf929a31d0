import HTTPTypes
import Testing
import Upstream

/// What goes over the wire, and what comes of what comes back.
@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
  @Test func aGetGoesOutWithOurFieldsAndNoOthers() async throws {
    let server = try ScriptedServer { peer in
      let request = try peer.request()
      try peer.answer(request.head)
    }
    let answer = try await client().send(
      UpstreamRequest(
        url: server.url + "/models?x=1", fields: [.authorization: "Bearer k", .accept: "text/x"]))
    let lines = answer.text.split(separator: "\r\n").map(String.init)
    #expect(lines.first == "GET /v1/models?x=1 HTTP/1.1")
    #expect(
      Set(lines.dropFirst()) == [
        "Host: 127.0.0.1:\(server.port)", "User-Agent: test/1", "Accept: text/x",
        "Accept-Encoding: gzip, deflate",
        "Authorization: Bearer k",
      ])
  }

  @Test(arguments: [0, 1, 65536, 3 << 20])
  func aBodyArrivesWholeAndAtOnce(size: Int) async throws {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let server = try ScriptedServer { peer in
      let request = try peer.request()
      #expect(request.body == body)
      #expect(request.head.hasPrefix("POST /v1 HTTP/1.1\r\n"))
      #expect(request.values("content-length") == [String(size)])
      #expect(request.values("expect") == [] && request.values("transfer-encoding") == [])
      #expect(request.values("content-type") == [])
      try peer.answer()
    }
    #expect(try await client().send(post(server.url, body)).text == "ok")
  }

  @Test func fieldsThatFrameTheMessageAreNotTheCallers() async throws {
    let server = try ScriptedServer { peer in
      let request = try peer.request()
      #expect(request.body == Array("body".utf8))
      #expect(request.values("content-length") == ["4"])
      #expect(
        request.values("host") == [
          "127.0.0.1:\(String(describing: try #require(request.values("x-port").first)))"
        ])
      for name in ["transfer-encoding", "connection", "expect", "te", "upgrade"] {
        #expect(request.values(name) == [])
      }
      #expect(request.values("accept-encoding") == ["gzip, deflate"])
      #expect(request.values("content-type") == ["application/octet-stream"])
      #expect(request.values("x-empty") == [""])
      try peer.answer()
    }
    var request = post(server.url, Array("body".utf8))
    for (name, value) in [
      ("Content-Length", "9"), ("Transfer-Encoding", "chunked"), ("Connection", "upgrade"), ("Host", "evil"),
      ("Expect", "100-continue"), ("TE", "trailers"), ("Upgrade", "h2c"), ("Accept-Encoding", "br"),
      ("Content-Type", "application/octet-stream"), ("X-Empty", ""), ("X-Port", "\(server.port)"),
    ] {
      request.fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
    }
    #expect(try await client().send(request).status == 200)
  }

  @Test func onlyTheFinalAnswerCounts() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n")
      try peer.send("HTTP/1.1 103 Early Hints\r\nX-B: 2\r\n\r\n")
      try peer.answer("fine", fields: "X-C: 3\r\nx-c: 4\r\n")
    }
    let answer = try await client().send(UpstreamRequest(url: server.url))
    #expect(answer.fields.map { "\($0.name): \($0.value)" } == ["X-C: 3", "x-c: 4", "Content-Length: 4"])
    #expect(answer.text == "fine")
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nabcde", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde",
    "HTTP/1.1 200 OK\nContent-Length: 5\n\nabcde",
  ])
  func everyFramingOfABodyIsRead(answer: String) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(answer)
    }
    let answer = try await client().send(UpstreamRequest(url: server.url))
    #expect(answer.text == "abcde")
    #expect(answer.fields[values: .trailer] == [])
  }

  @Test(arguments: [204, 304, 400, 401, 413, 429, 500, 503])
  func everyStatusIsAnAnswer(status: Int) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nRetry-After: 3\r\n\r\n")
    }
    let answer = try await client().send(UpstreamRequest(url: server.url))
    #expect(answer.status == status)
    #expect(answer.fields[.retryAfter] == "3")
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func aRedirectIsNotFollowed(status: Int) async throws {
    let elsewhere = try ScriptedServer { try $0.answer() }
    let target = elsewhere.url
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 \(status) Go\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n")
    }
    let answer = try await client().send(post(server.url, [1, 2, 3]))
    #expect(answer.status == status)
    #expect(answer.fields[.location] == target)
    #expect(elsewhere.accepted == 0)
  }

  @Test func cookiesAreNotKept() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer(fields: "Set-Cookie: a=b\r\n")
      try peer.answer(try peer.request().head)
    }
    let upstream = try client()
    _ = try await upstream.send(UpstreamRequest(url: server.url))
    let second = try await upstream.send(UpstreamRequest(url: server.url))
    #expect(!second.text.lowercased().contains("cookie"))
  }

  @Test func theTimesAddUp() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer()
    }
    let timing = try await client().send(UpstreamRequest(url: server.url)).timing
    #expect(timing.connect > .zero && timing.connect <= timing.firstByte && timing.firstByte <= timing.total)
    #expect(timing.tls == .zero && !timing.http2 && !timing.reusedConnection)
  }
}
