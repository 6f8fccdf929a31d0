import Glibc
import Testing

@testable import Upstream

@Suite struct OpenSocketsTests {
  private static func pair() throws -> (CInt, CInt) {
    var both: [CInt] = [-1, -1]
    try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &both) == 0)
    return (both[0], both[1])
  }

  /// Two ends of a connection over the loopback interface.
  private static func tcpPair() throws -> (CInt, CInt) {
    let kind = CInt(SOCK_STREAM.rawValue)
    let (listener, ours) = (socket(AF_INET, kind, 0), socket(AF_INET, kind, 0))
    defer { close(listener) }
    // A socket that listens without an address is given a port of every address (ip(7)).
    var address: (UInt64, UInt64) = (0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: address))
    let isConnected = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0 && connect(ours, $0, size) == 0
      }
    }
    try #require(isConnected)
    return (ours, accept(listener, nil, nil))
  }

  /// What a descriptor stands for; nil where it is closed.
  private static func inode(of descriptor: CInt) -> ino_t? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status.st_ino : nil
  }

  @Test func `whoever reads one that was broken reads its end`() throws {
    let sockets = OpenSockets()
    let (ours, theirs) = try Self.pair()
    defer { close(theirs) }
    sockets.opened(ours)
    sockets.breakAll()
    var byte: UInt8 = 0
    #expect(read(ours, &byte, 1) == 0 && read(theirs, &byte, 1) == 0)
    // The number may be somebody else's at once, so what is asked is whether it still means this socket.
    let before = Self.inode(of: ours)
    #expect(before != nil && sockets.close(ours) == 0 && Self.inode(of: ours) != before)
  }

  @Test func `what came over TCP and was not read is not read any more`() throws {
    let sockets = OpenSockets()
    let (ours, theirs) = try Self.tcpPair()
    defer { close(theirs) }
    sockets.opened(ours)
    let bytes = [UInt8](repeating: 7, count: 10_000)
    try #require(write(theirs, bytes, bytes.count) == bytes.count)
    var byte: UInt8 = 0
    try #require(recv(ours, &byte, 1, CInt(MSG_PEEK)) == 1)
    sockets.breakAll()
    #expect(read(ours, &byte, 1) <= 0)
    #expect(read(theirs, &byte, 1) == -1 && errno == ECONNRESET)
    #expect(sockets.close(ours) == 0)
  }

  @Test func `one that was closed is left alone, whoever has its number now`() throws {
    let sockets = OpenSockets()
    let (ours, theirs) = try Self.pair()
    defer { close(theirs) }
    sockets.opened(ours)
    #expect(sockets.close(ours) == 0)
    let (next, other) = try Self.pair()
    defer {
      close(next)
      close(other)
    }
    sockets.breakAll()
    var byte: UInt8 = 7
    #expect(write(next, &byte, 1) == 1 && read(other, &byte, 1) == 1)
  }
}
