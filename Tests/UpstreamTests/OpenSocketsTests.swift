import Glibc
import Testing

@testable import Upstream

@Suite struct OpenSocketsTests {
  private static func pair() throws -> (CInt, CInt) {
    var both: [CInt] = [-1, -1]
    try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &both) == 0)
    return (both[0], both[1])
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
