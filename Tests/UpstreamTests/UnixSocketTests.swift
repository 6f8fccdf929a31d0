import Glibc
import HTTPTypes
import Testing
import Upstream

/// Requests that go to a path instead of an address.
@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
  @Test func `a request goes to the socket, whatever host the URL names`() async throws {
    let server = try ScriptedServer(unixSocket: Self.path()) { try $0.answer(try $0.request().head) }
    let upstream = try client { $0.unixSocket = server.path }
    let answer = try await upstream.send(UpstreamRequest(url: "http://nowhere.invalid:1/status"))
    #expect(answer.text.hasPrefix("GET /status HTTP/1.1\r\nHost: nowhere.invalid:1\r\n"))
  }

  @Test func `no proxy is asked on the way to a socket`() async throws {
    let proxy = try ScriptedServer { try $0.answer("proxy") }
    let server = try ScriptedServer(unixSocket: Self.path()) { peer in
      _ = try peer.request()
      try peer.answer("server")
    }
    let upstream = try client {
      $0.unixSocket = server.path
      $0.proxy = .url("http://127.0.0.1:\(proxy.port)")
    }
    #expect(try await upstream.send(UpstreamRequest(url: "http://localhost/")).text == "server")
    #expect(proxy.accepted == 0)
  }

  @Test func `where nobody listens the request fails as unreachable`() async throws {
    let upstream = try client { $0.unixSocket = Self.path() }
    #expect(await upstream.failure(UpstreamRequest(url: "http://localhost/")) == .unreachable)
  }

  private static func path() -> String { "/tmp/upstream-test-\(UInt64.random(in: 0...(.max))).sock" }
}
