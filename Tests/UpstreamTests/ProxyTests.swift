import Glibc
import HTTPTypes
import Testing
import Upstream

/// Which way out is taken.
///
/// The environment belongs to the process, so some of these tests run in processes of their own.
@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
  private static let variables = ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"]

  @Test func theEnvironmentIsIgnored() async {
    await #expect(processExitsWith: .success) {
      let proxy = try ScriptedServer { try $0.answer("proxy") }
      let server = try ScriptedServer { peer in
        _ = try peer.request()
        try peer.answer("server")
      }
      for name in Self.variables { setenv(name, "http://127.0.0.1:\(proxy.port)", 1) }
      #expect(try await client().send(UpstreamRequest(url: server.url)).text == "server")
      #expect(proxy.accepted == 0)
    }
  }

  @Test func theEnvironmentCountsWhenItIsAskedFor() async {
    await #expect(processExitsWith: .success) {
      let proxy = try ScriptedServer { peer in try peer.answer(try peer.request().head) }
      for name in Self.variables { setenv(name, "http://127.0.0.1:\(proxy.port)", 1) }
      unsetenv("no_proxy")
      unsetenv("NO_PROXY")
      let upstream = try client { $0.proxy = .environment }
      let answer = try await upstream.send(UpstreamRequest(url: "http://router.invalid/x"))
      #expect(answer.text.hasPrefix("GET http://router.invalid/x HTTP/1.1\r\n"))
    }
  }

  @Test func aProxyOfOurOwnIsUsedWhateverTheEnvironmentSays() async {
    await #expect(processExitsWith: .success) {
      let proxy = try ScriptedServer { peer in try peer.answer(try peer.request().head) }
      setenv("no_proxy", "*", 1)
      setenv("http_proxy", "http://127.0.0.1:1", 1)
      let upstream = try client { $0.proxy = .url("http://127.0.0.1:\(proxy.port)") }
      let answer = try await upstream.send(UpstreamRequest(url: "http://router.invalid/x"))
      #expect(answer.text.hasPrefix("GET http://router.invalid/x HTTP/1.1\r\n"))
    }
  }

  @Test func theAnswerThroughATunnelIsTheServersAlone() async throws {
    let server = try TLSServer(name: "localhost")
    let proxy = try ScriptedServer { [port = server.port] peer in
      _ = try peer.request()
      try peer.send("HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")
      try peer.relay(to: port)
    }
    let upstream = try client {
      $0.caFile = server.certificate
      $0.proxy = .url("http://127.0.0.1:\(proxy.port)")
    }
    let answer = try await upstream.send(UpstreamRequest(url: "https://localhost:1/"))
    #expect(answer.status == 200 && answer.text.contains("s_server"))
    #expect(answer.fields[.contentType] == "text/html")
    #expect(!answer.fields.contains { $0.name.canonicalName == "x-proxy" })
  }

  @Test func aTunnelThatTheProxyRefusesIsUnreachable() async throws {
    let proxy = try ScriptedServer { peer in
      #expect(try peer.request().head.hasPrefix("CONNECT router.invalid:443 HTTP/1.1\r\n"))
      try peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    }
    let upstream = try client { $0.proxy = .url("http://127.0.0.1:\(proxy.port)") }
    #expect(await upstream.failure(UpstreamRequest(url: "https://router.invalid/")) == .unreachable)
  }
}
