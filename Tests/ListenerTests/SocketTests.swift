import Foundation
import Glibc
import Listener
import Testing

/// The sockets that a server listens on.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
  private static let anyPort = ListenAddress.tcp(host: "127.0.0.1", port: 0)

  /// A responder that says who asks.
  private static let who = StubResponder(responds: { request, reply async throws(CallerGone) in
    try await reply.send(.text("\(request.head.peer)"))
  })

  private static func unix(_ path: String, mode: UInt16? = nil) -> ListenAddress {
    .unix(path: path, mode: mode, user: nil, group: nil)
  }

  /// Runs `body` with the path of a socket that may be made.
  private static func withPath(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/listener-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory + "/s")
  }

  private static func failure(of address: ListenAddress) async -> ListenError? {
    let server = HTTPServer(addresses: [address], responder: StubResponder(), logger: .silent)
    defer { Task { await server.stop(drain: .zero) } }
    do {
      _ = try await server.start()
      return nil
    } catch { return error as? ListenError }
  }

  // MARK: TCP

  @Test func `a peer is known by its address and port`() async throws {
    try await withServer(Self.who) { server in
      let text = try await server.connect().exchange(Self.get).text
      #expect(text.hasPrefix(#"tcp(address: "127.0.0.1", port: "#))
    }
  }

  @Test func `localhost is both loopback addresses with one port`() async throws {
    try await withServer(Self.who, addresses: [.tcp(host: "localhost", port: 0)]) { server in
      var ports: Set<Int> = []
      for address in server.bound {
        guard case .tcp(_, let port) = address else { continue }
        ports.insert(port)
        let answer = try await RawClient(to: address).exchange(Self.get)
        #expect(answer.status == 200)
      }
      #expect(ports.count == 1 && !ports.contains(0))
      #expect(server.bound.first?.description.hasPrefix("127.0.0.1:") == true)
      // Machines without IPv6 have one of the two only.
      #expect((1...2).contains(server.bound.count))
    }
  }

  @Test func `a port in use is named, and what to look at is said`() async throws {
    try await withServer { server in
      let bound = try #require(server.bound.first)
      guard case .tcp(_, let port) = bound else { return }
      let failure = await Self.failure(of: .tcp(host: "127.0.0.1", port: port))
      #expect(failure?.reason == .inUse)
      #expect(
        failure?.description
          == "cannot listen on 127.0.0.1:\(port): it is in use: another program listens there; stop it, or choose another address"
      )
    }
  }

  @Test func `an address of another machine is named as such`() async {
    // TEST-NET-1 is nobody's (RFC 5737).
    #expect(await Self.failure(of: .tcp(host: "192.0.2.1", port: 0))?.reason == .notThisMachine)
  }

  @Test func `when one address cannot be had, none is kept`() async throws {
    try await Self.withPath { path in
      try await withServer { server in
        guard case .tcp(_, let port)? = server.bound.first else { return }
        let second = HTTPServer(
          addresses: [Self.unix(path), .tcp(host: "127.0.0.1", port: port)], responder: StubResponder(),
          logger: .silent)
        await #expect(throws: ListenError.self) { try await second.start() }
        #expect(!FileManager.default.fileExists(atPath: path))
        _ = await second.stop(drain: .zero)
      }
    }
  }

  @Test func `a port is free again at once when its server has stopped`() async throws {
    var port = 0
    for _ in 0..<3 {
      try await withServer(addresses: [.tcp(host: "127.0.0.1", port: port)]) { server in
        let caller = try server.connect()
        #expect(try await caller.exchange(Self.get).status == 200)
        if case .tcp(_, let chosen)? = server.bound.first { port = chosen }
      }
    }
  }

  // MARK: Unix sockets

  @Test(arguments: [nil, 0o600, 0o660, 0o666] as [UInt16?])
  func `a unix socket has its mode, whatever the umask, and nobody else's`(_ mode: UInt16?) async throws {
    try await Self.withPath { path in
      try await withServer(Self.who, addresses: [Self.unix(path, mode: mode)]) { server in
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == Int(mode ?? 0o600))
        #expect(attributes[.type] as? FileAttributeType == .typeSocket)
        let text = try await server.connect().exchange(Self.get).text
        #expect(text == "unix(uid: \(getuid()), gid: \(getgid()), pid: \(getpid()))")
      }
    }
  }

  @Test func `a unix socket is removed when its server has stopped`() async throws {
    try await Self.withPath { path in
      try await withServer(addresses: [Self.unix(path)]) { server in
        #expect(FileManager.default.fileExists(atPath: path))
        _ = await server.server.stop(drain: .zero)
        #expect(!FileManager.default.fileExists(atPath: path))
      }
    }
  }

  @Test func `a socket that a dead process left is replaced`() async throws {
    try await Self.withPath { path in
      let dead = try BoundSocket(unix: path)
      dead.close()
      #expect(FileManager.default.fileExists(atPath: path))
      try await withServer(addresses: [Self.unix(path)]) { server in
        let answer = try await server.connect().exchange(Self.get)
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `a socket that somebody listens on is refused and left alone`() async throws {
    try await Self.withPath { path in
      try await withServer(addresses: [Self.unix(path)]) { server in
        let failure = await Self.failure(of: Self.unix(path))
        #expect(failure?.reason == .inUse)
        #expect(
          failure?.description
            == "cannot listen on unix:\(path): it is in use: another program listens there; stop it, or choose another address"
        )
        let answer = try await server.connect().exchange(Self.get)
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `a file that is no socket is refused and left alone`() async throws {
    try await Self.withPath { path in
      try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
      #expect(await Self.failure(of: Self.unix(path))?.reason == .notASocket)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }
  }

  @Test func `a link is refused and left alone, even one to a dead socket`() async throws {
    try await Self.withPath { path in
      try BoundSocket(unix: path + "-target").close()
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + "-target")
      #expect(await Self.failure(of: Self.unix(path))?.reason == .notASocket)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == path + "-target")
      #expect(FileManager.default.fileExists(atPath: path + "-target"))
    }
  }

  @Test func `a directory that does not exist is named as the reason`() async throws {
    try await Self.withPath { path in
      #expect(await Self.failure(of: Self.unix(path + "/none/s"))?.reason == .noDirectory)
    }
  }

  @Test func `of servers that start at once over a dead socket exactly one listens, and it can be reached`()
    async throws
  {
    try await Self.withPath { path in
      for _ in 1...8 {
        try BoundSocket(unix: path).close()
        let servers = (1...4).map { _ in
          HTTPServer(addresses: [Self.unix(path)], responder: Self.who, logger: .silent)
        }
        let failures = await withTaskGroup(of: ListenError?.self) { group in
          for server in servers {
            group.addTask {
              do { _ = try await server.start() } catch { return error as? ListenError }
              return nil
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(failures.compactMap { $0?.reason } == [.inUse, .inUse, .inUse])
        #expect(try await RawClient(to: .unix(path: path)).exchange(Self.get).status == 200)
        for server in servers { _ = await server.stop(drain: .zero) }
        #expect(!FileManager.default.fileExists(atPath: path))
      }
    }
  }

  @Test func `a directory that somebody keeps locked keeps nobody from listening there`() async throws {
    try await Self.withPath { path in
      let directory = String(path.dropLast(2))
      let descriptor = open(directory, O_RDONLY | O_DIRECTORY)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX) == 0)
      #expect(await Self.failure(of: Self.unix(path)) == nil)
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func `owner, group and mode are there before anybody is let in`()
    async throws
  {
    try await Self.withPath { path in
      let address = ListenAddress.unix(path: path, mode: 0o660, user: "4711", group: "4712")
      try await withServer(Self.who, addresses: [address]) { _ in
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_uid == 4711 && status.st_gid == 4712 && status.st_mode & 0o7777 == 0o660)
      }
    }
  }

  @Test func `users and groups that do not exist are named`() async throws {
    try await Self.withPath { path in
      let user = ListenAddress.unix(path: path, mode: nil, user: "no such user", group: nil)
      #expect(await Self.failure(of: user)?.reason == .unknownUser("no such user"))
      let group = ListenAddress.unix(path: path, mode: nil, user: nil, group: "no such group")
      #expect(await Self.failure(of: group)?.reason == .unknownGroup("no such group"))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `a server does not remove the socket that another put in the place of its own`() async throws {
    try await Self.withPath { path in
      try await withServer(addresses: [Self.unix(path)]) { server in
        unlink(path)
        let other = try BoundSocket(unix: path)
        defer { other.close() }
        _ = await server.server.stop(drain: .zero)
        #expect(FileManager.default.fileExists(atPath: path))
      }
    }
  }

  // MARK: Inherited sockets

  @Test func `an inherited socket is served, also what waited in it before`() async throws {
    let socket = try BoundSocket(port: 0)
    let early = try RawClient(to: socket.bound)
    await early.send(Self.get)
    try await withServer(addresses: [], inherited: [socket.descriptor]) { server in
      #expect(server.bound == [socket.bound])
      #expect(try await early.answer().status == 200)
      let answer = try await server.connect().exchange(Self.get)
      #expect(answer.status == 200)
    }
  }

  @Test func `an inherited unix socket keeps its file when the server has stopped`() async throws {
    try await Self.withPath { path in
      let socket = try BoundSocket(unix: path)
      try await withServer(addresses: [], inherited: [socket.descriptor]) { server in
        #expect(server.bound == [.unix(path: path)])
        let answer = try await server.connect().exchange(Self.get)
        #expect(answer.status == 200)
      }
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `what waits in an inherited socket when the server stops is the next process's`() async throws {
    let socket = try BoundSocket(port: 0)
    let copy = dup(socket.descriptor)
    try await withServer(addresses: [], inherited: [socket.descriptor]) { server in
      _ = await server.server.stop(drain: .zero)
    }
    let caller = try RawClient(to: socket.bound)
    await caller.send(Self.get)
    try await withServer(addresses: [], inherited: [copy]) { _ in
      let answer = try await caller.answer()
      #expect(answer.status == 200)
    }
  }

  @Test func `an inherited descriptor that is no stream socket is refused`() async throws {
    for descriptor in [open("/dev/null", O_RDONLY), socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)] {
      let server = HTTPServer(
        addresses: [], inherited: [descriptor], responder: StubResponder(), logger: .silent)
      let failure = await #expect(throws: ListenError.self) { try await server.start() }
      #expect(failure?.description.hasPrefix("cannot listen on inherited descriptor \(descriptor): ") == true)
      _ = await server.stop(drain: .zero)
    }
  }
}
