import Foundation
import HTTPTypes
import Testing

@testable import Listener

/// Real processes at the other end, told apart.
@Suite(.timeLimit(.minutes(1))) struct CallerIdentityTests {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
  private static let v6 = ListenAddress.tcp(host: "::1", port: 0)

  /// Answers with the caller's name, in a line.
  private static func naming(_ callers: CallerIdentity = CallerIdentity()) -> StubResponder {
    StubResponder(responds: { request, reply async throws(CallerGone) in
      try await reply.send(.text((await callers.name(of: request.head) ?? "nobody") + "\n"))
    })
  }

  /// Notes heads, and lets their callers wait.
  private static func noting(_ heads: Journal<RequestHead>) -> StubResponder {
    StubResponder(responds: { request, _ async throws(CallerGone) in
      heads.note(request.head)
      await untilCancelled()
    })
  }

  /// What a process is to be called, read in another way than the product does.
  private static func name(of pid: pid_t) throws -> String {
    let ps = Process()
    ps.executableURL = URL(fileURLWithPath: "/bin/bash")
    ps.arguments = ["-c", "sed 's/.*) //' /proc/\(pid)/stat | cut -d' ' -f20"]
    let pipe = Pipe()
    ps.standardOutput = pipe
    try ps.run()
    let start = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return "pid \(pid)@\(start.trimmingCharacters(in: .whitespacesAndNewlines))"
  }

  // MARK: Who it is

  @Test func `a process is one caller with all its connections`() async throws {
    try await withServer(Self.naming()) { server in
      let own = try Self.name(of: getpid()) + "\n"
      for _ in 0..<3 {
        let caller = try server.connect()
        for _ in 0..<2 { #expect(try await caller.exchange(Self.get).text == own) }
      }
    }
  }

  @Test(arguments: [ListenAddress.tcp(host: "127.0.0.1", port: 0), .tcp(host: "0.0.0.0", port: 0), v6])
  func `another process is another caller`(_ address: ListenAddress) async throws {
    try await withServer(Self.naming(), addresses: [address]) { server in
      let bound = try #require(server.bound.first)
      let target = bound.isLoopback ? bound : bound.onLoopback
      let (first, second) = (try ChildCaller(to: target, connections: 2), try ChildCaller(to: target))
      let (firstName, secondName) = (try Self.name(of: first.pid), try Self.name(of: second.pid))
      #expect(await first.line() == firstName)
      #expect(await first.line() == firstName)
      #expect(await second.line() == secondName)
      #expect(firstName != secondName)
    }
  }

  @Test func `an IPv4 caller of a socket for IPv6 is found`() async throws {
    // NIO's own sockets are for one family each; systemd's take both unless told otherwise.
    let both = try DualSocket()
    try await withServer(Self.naming(), addresses: [], inherited: [both.descriptor]) { server in
      let caller = try RawClient(to: .tcp(address: "127.0.0.1", port: both.port))
      #expect(try await caller.exchange(Self.get).text == Self.name(of: getpid()) + "\n")
      let child = try ChildCaller(to: .tcp(address: "127.0.0.1", port: both.port))
      let name = try Self.name(of: child.pid)
      #expect(await child.line() == name)
    }
  }

  @Test func `a process has one name through unix sockets and TCP`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/caller-\(UUID().uuidString.prefix(8))"
    let unix = ListenAddress.unix(path: path, mode: nil, user: nil, group: nil)
    try await withServer(Self.naming(), addresses: [unix, .tcp(host: "127.0.0.1", port: 0)]) { server in
      for address in server.bound {
        let caller = try RawClient(to: address)
        #expect(try await caller.exchange(Self.get).text == Self.name(of: getpid()) + "\n")
      }
    }
  }

  @Test func `many connections at once of one process have one name`() async throws {
    let callers = CallerIdentity()
    let heads = Journal<RequestHead>()
    try await withServer(Self.noting(heads)) { server in
      let name = try Self.name(of: getpid())
      var open: [RawClient] = []
      var asked: [RequestHead] = []
      for _ in 0..<200 {
        let caller = try server.connect()
        await caller.send(Self.get)
        asked.append(try #require(await heads.next()))
        open.append(caller)
      }
      let names = await withTaskGroup(of: String?.self) { group in
        for head in asked { group.addTask { await callers.name(of: head) } }
        return await group.reduce(into: [String?: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(names == [name: 200])
      withExtendedLifetime(open) {}
    }
  }

  // MARK: Who cannot be known

  @Test func `a caller whose process has ended is not known, unless it was before`() async throws {
    let heads = Journal<RequestHead>()
    try await withServer(Self.noting(heads)) { server in
      let child = try ChildCaller(to: try #require(server.bound.first), connections: 1)
      let head = try #require(await heads.next())
      let callers = CallerIdentity()
      let name = try Self.name(of: child.pid)
      #expect(await callers.name(of: head) == name)
      child.kill()
      #expect(await callers.name(of: head) == name)
      #expect(await CallerIdentity().name(of: head) == nil)
    }
  }

  @Test func `an address that is nobody's has no name`() async throws {
    try await withServer { server in
      guard case .tcp(let address, let port)? = server.bound.first else { return }
      let callers = CallerIdentity()
      // The listening socket is at this address, and is not the end of any connection.
      for peer in [
        Peer.tcp(address: address, port: port), .tcp(address: address, port: 1),
        .tcp(address: "192.0.2.1", port: 4711), .tcp(address: "", port: 0), .tcp(address: "::1", port: 4711),
        .tcp(address: address, port: 70_000), .unix(uid: 0, gid: 0, pid: 0),
      ] {
        let head = RequestHead(
          method: .get, path: "/", peer: peer, connection: 1, local: .tcp(address: address, port: port))
        #expect(await callers.name(of: head) == nil, "\(peer)")
      }
    }
  }

  @Test func `a cancelled task is not kept waiting`() async throws {
    let heads = Journal<RequestHead>()
    try await withServer(Self.noting(heads)) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      let head = try #require(await heads.next())
      let callers = CallerIdentity()
      let asking = Task {
        await untilCancelled()
        return await callers.name(of: head)
      }
      asking.cancel()
      #expect(await asking.value == nil)
      // It was not taken for an answer.
      let name = try Self.name(of: getpid())
      #expect(await callers.name(of: head) == name)
    }
  }

  @Test func `a cancelled task is not kept waiting behind a search that does not end`() async throws {
    // A pipe in place of a file: whoever opens it to read waits for somebody who writes.
    let root = FileManager.default.temporaryDirectory.path + "/processes-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: root + "/40", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try #require(mkfifo(root + "/40/stat", 0o600) == 0)

    let callers = CallerIdentity(owners: PortOwners(root: root))
    let tasks = (1...8).map { connection in
      Task {
        let peer = Peer.unix(uid: 0, gid: 0, pid: 40)
        return await callers.name(
          of: RequestHead(method: .get, path: "/", peer: peer, connection: UInt64(connection)))
      }
    }
    // Opens once the search stands there.
    let writer = await Task.detached { open(root + "/40/stat", O_WRONLY) }.value
    for task in tasks.dropFirst() { task.cancel() }
    for task in tasks.dropFirst() { #expect(await task.value == nil) }
    tasks.first?.cancel()
    #expect(await tasks.first?.value == .some(nil))
    close(writer)
  }

  // MARK: Numbers

  @Test func `each connection has a number, and keeps it`() async throws {
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      try await reply.send(.text("\(request.head.connection)"))
    })
    try await withServer(responder) { server in
      var numbers: [String] = []
      for _ in 0..<3 {
        let caller = try server.connect()
        numbers.append(try await caller.exchange(Self.get).text)
        #expect(try await caller.exchange(Self.get).text == numbers.last)
      }
      #expect(Set(numbers).count == 3)
      #expect(!numbers.contains("0"))
    }
  }
}

extension BoundAddress {
  /// The same port at the address that reaches only this machine.
  fileprivate var onLoopback: BoundAddress {
    guard case .tcp(_, let port) = self else { return self }
    return .tcp(address: "127.0.0.1", port: port)
  }
}

/// A listening socket of somebody else's for IPv4 and IPv6.
private struct DualSocket {
  let descriptor: CInt
  let port: Int

  init() throws {
    let descriptor = socket(AF_INET6, CInt(SOCK_STREAM.rawValue), 0)
    var no: CInt = 0
    setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &no, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    let isBound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 16) == 0,
      case .tcp(_, let port)? = BoundAddress(ofSocket: descriptor)
    else { throw RawClient.Failure.connect(errno) }
    (self.descriptor, self.port) = (descriptor, port)
  }
}
