import Testing

@testable import Listener

/// The question to the kernel and its answer, byte by byte.
@Suite struct SocketDiagnosisTests {
  private static func ends(_ caller: String, _ server: String) -> ConnectionEnds? {
    ConnectionEnds(peer: .tcp(address: caller, port: 0x1234), local: .tcp(address: server, port: 0x5678))
  }

  /// An answer as the kernel gives it, for ends with these ports.
  private static func answer(
    type: UInt16 = 20, caller: UInt16 = 0x1234, server: UInt16 = 0x5678, user: UInt32 = 1000,
    inode: UInt32 = 4711
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xee, count: 88)
    func put(_ value: some FixedWidthInteger, at offset: Int) {
      withUnsafeBytes(of: value) { for (index, byte) in $0.enumerated() { bytes[offset + index] = byte } }
    }
    put(UInt32(88), at: 0)
    put(type, at: 4)
    put(caller.bigEndian, at: 20)
    put(server.bigEndian, at: 22)
    put(user, at: 80)
    put(inode, at: 84)
    return bytes
  }

  @Test func `a question about IPv4 has the kernel's layout`() throws {
    let question = SocketDiagnosis.question(about: try #require(Self.ends("127.0.0.1", "127.0.0.2")))
    let zeros = [UInt8](repeating: 0, count: 12)
    let header: [UInt8] = [72, 0, 0, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let request: [UInt8] = [2, 6, 0, 0, 255, 255, 255, 255, 0x12, 0x34, 0x56, 0x78]
    let addresses: [UInt8] = [127, 0, 0, 1] + zeros + [127, 0, 0, 2] + zeros
    let rest: [UInt8] = [0, 0, 0, 0] + [UInt8](repeating: 255, count: 8)
    #expect(question == header + request + addresses + rest)
  }

  @Test func `a question about IPv6 fills both addresses`() throws {
    let question = SocketDiagnosis.question(about: try #require(Self.ends("::ffff:127.0.0.1", "::1")))
    #expect(question.count == 72)
    #expect(question[16] == 10)
    #expect(question[28..<44].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1]))
    #expect(question[44..<60].elementsEqual([UInt8](repeating: 0, count: 15) + [1]))
  }

  @Test(arguments: [
    ("127.0.0.1", "::1"), ("", "127.0.0.1"), ("127.0.0.1", "localhost"), ("fe80::1%lo", "::1"),
  ])
  func `ends that are no pair of addresses are none`(_ caller: String, _ server: String) {
    #expect(Self.ends(caller, server) == nil)
  }

  @Test func `an answer names the socket and who made it`() throws {
    let ends = try #require(Self.ends("127.0.0.1", "127.0.0.1"))
    #expect(SocketDiagnosis.read(Self.answer()[...], about: ends) == DiagnosedSocket(inode: 4711, user: 1000))
    // Attributes may follow, and the slice may begin anywhere.
    let longer = [1, 2, 3] + Self.answer() + [8, 0, 1, 0, 0, 0, 0, 0]
    #expect(SocketDiagnosis.read(longer.dropFirst(3), about: ends)?.inode == 4711)
  }

  @Test func `an error, another socket, a closed one and half an answer are nothing`() throws {
    let ends = try #require(Self.ends("127.0.0.1", "127.0.0.1"))
    let whole = Self.answer()
    let wrong: [[UInt8]] = [
      Self.answer(type: 2), Self.answer(server: 0), Self.answer(caller: 1), Self.answer(inode: 0), [],
      whole.dropLast(), Array(whole.prefix(4)),
    ]
    for answer in wrong { #expect(SocketDiagnosis.read(ArraySlice(answer), about: ends) == nil) }
  }

  @Test func `names that nobody asks for are forgotten, others are not`() {
    var names = RecentNames(capacity: 4)
    names.note("one", for: 1)
    names.note(nil, for: 2)
    #expect(names[1] == .some("one"))
    #expect(names[2] == .some(nil))
    #expect(names[3] == nil)
    for connection in UInt64(10)..<100 {
      names.note("\(connection)", for: connection)
      #expect(names[1] == .some("one"))
    }
    #expect(names[2] == nil)
    #expect(names[10] == nil)
    #expect(names[99] == .some("99"))
  }
}
