import Glibc
import Testing
import Upstream

/// How connections and answers fail, and what that is called.
@Suite(.timeLimit(.minutes(1))) struct FailureTests {
  @Test func clearTextIsRefusedBeforeAnythingIsSent() async throws {
    let server = try ScriptedServer { try $0.answer() }
    let upstream = try client { $0.allowHTTP = false }
    #expect(await upstream.failure(UpstreamRequest(url: server.url)) == .clearText)
    #expect(server.accepted == 0)
  }

  @Test(arguments: [
    "https://", "https://:443/", "https://user:word@127.0.0.1/", "https://127.0.0.1:99999/", "gopher://x",
  ])
  func unusableURLsAreNamed(url: String) async throws {
    #expect(try await client().failure(UpstreamRequest(url: url)) == .badURL)
  }

  @Test func aNameWithoutAddressIsUnresolved() async throws {
    #expect(try await client().failure(UpstreamRequest(url: "https://router.invalid/")) == .unresolved)
  }

  @Test func aPortThatNobodyListensOnIsUnreachable() async throws {
    let (descriptor, port) = try ScriptedServer.listen(backlog: 1)
    close(descriptor)
    #expect(try await client().failure(UpstreamRequest(url: "http://127.0.0.1:\(port)/")) == .unreachable)
  }

  @Test func aConnectionThatIsNotTakenTimesOut() async throws {
    let crowded = try CrowdedPort()
    let upstream = try client { $0.connectTimeout = .milliseconds(200) }
    #expect(await upstream.failure(UpstreamRequest(url: crowded.url)) == .connectTimedOut)
  }

  @Test(arguments: [
    "", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
  ])
  func anAnswerThatDoesNotComeInTimeTimesOut(start: String) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(start)
      peer.waitForEnd()
    }
    let request = UpstreamRequest(url: server.url, responseTimeout: .seconds(1))
    #expect(try await client().failure(request) == .responseTimedOut)
    let upstream = try client { $0.responseTimeout = .seconds(1) }
    #expect(await upstream.failure(post(server.url, [1])) == .responseTimedOut)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123456789",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  ])
  func aBodyThatEndsTooSoonIsTruncated(answer: String) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(answer)
    }
    #expect(try await client().failure(post(server.url, [1])) == .truncated)
  }

  @Test func aLengthBesideACodingIsRefused() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n")
    }
    #expect(try await client().failure(post(server.url, [1])) == .protocolFault)
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 100 Continue\r\n\r\n"])
  func anAnswerThatEndsTooSoonIsADisconnection(answer: String) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(answer)
    }
    #expect(try await client().failure(post(server.url, [1])) == .disconnected)
  }

  @Test func aResetIsADisconnection() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      peer.reset()
    }
    #expect(try await client().failure(post(server.url, [1])) == .disconnected)
  }

  @Test(arguments: [
    "hello\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: x-unheard-of\r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
    "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 5\r\n\r\nplain",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
  ])
  func whatIsNotHTTPIsAFault(answer: String) async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.send(answer)
      peer.waitForEnd()
    }
    #expect(try await client().failure(UpstreamRequest(url: server.url)) == .protocolFault)
  }
}

/// A port whose queue of connections is full, so that one more is neither taken nor refused.
final class CrowdedPort {
  let url: String
  private var descriptors: [CInt]

  init() throws {
    let (listener, port) = try ScriptedServer.listen(backlog: 0)
    url = "http://127.0.0.1:\(port)/"
    descriptors = [listener]
    for _ in 0..<4 {
      let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | closeOnExec
      let descriptor = socket(AF_INET, kind, 0)
      descriptors.append(descriptor)
      var address = ScriptedServer.loopback(port: port)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
