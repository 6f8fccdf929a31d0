import Glibc
import HTTPTypes
import Listener
import Testing

/// Callers about whom the kernel says less than usual, and heads that say more.
@Suite(.timeLimit(.minutes(1))) struct VanishedPeerTests {
  @Test func `a TCP caller that was reset before it was accepted is still a TCP caller`() async throws {
    let (descriptor, address) = try Self.waitingSocket()
    let caller = try RawClient(to: address)
    #expect(await caller.send("GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n"))
    caller.reset()
    let asked = Journal<RequestHead>()
    let responder = StubResponder(admits: { head in
      asked.note(head)
      return .receive(bodyLimit: 0)
    })
    try await withServer(responder, addresses: [], inherited: [descriptor]) { _ in
      // The kernel may have no address for it any more. A unix peer it must not become: those need no `Host`.
      let head = await asked.next()
      #expect(head?.peer.isUnix == false)
      let policy = try AccessPolicy(hosts: ["loopback"], origins: [])
      #expect(head.flatMap { policy.refusal(for: $0) } == .host)
    }
  }

  @Test(arguments: ["a", "a ", "a\t", "a \t ", " a  b  "])
  func `white space around a value is no part of it`(_ value: String) async throws {
    let name = try #require(HTTPField.Name("x-value"))
    let responder = StubResponder(responds: { request, reply throws(CallerGone) in
      try await reply.send(.text("[\(request.head.fields[name] ?? "-")]"))
    })
    try await withServer(responder) { server in
      let answer = try await server.connect().exchange(
        "GET / HTTP/1.1\r\nHost: x\r\nX-Value: \(value)\r\n\r\n")
      #expect(answer.text == (value.contains("b") ? "[a  b]" : "[a]"))
    }
  }

  /// A TCP socket on a free port that listens, with nobody to accept.
  private static func waitingSocket() throws -> (descriptor: CInt, address: BoundAddress) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(isListening)
    return (descriptor, .tcp(address: "127.0.0.1", port: Int(UInt16(bigEndian: name.sin_port))))
  }
}
