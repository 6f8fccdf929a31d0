import Testing

@testable import Listener

/// How the bytes are cut on their way in must not matter, and no bytes may end the process.
@Suite struct SplitTests {
  private static let requests = [
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /b?c HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nGET /evil H",
    "\r\nOPTIONS * HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "v", count: 40))\r\n\r\n",
    "GET http://localhost:1/d HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n",
    "GET /never HTTP/1.1\r\nHost: x\r\n\r\n",
  ]

  private static func answer(to pieces: [ArraySlice<UInt8>]) throws -> [UInt8] {
    let connection = try EmbeddedConnection()
    for piece in pieces { connection.receive(piece) }
    return connection.sent()
  }

  @Test func `any cut in two leads to the same bytes, and so does no cut at all`() throws {
    let bytes = Array(Self.requests.joined().utf8)
    let whole = try Self.answer(to: [bytes[...]])
    let text = String(decoding: whole, as: UTF8.self)
    for path in ["/a", "/b", "*", "/d", "/e"] { #expect(text.contains("\r\n\r\nno \(path)")) }
    #expect(!text.contains("/never") && !text.contains("/evil"))
    for cut in bytes.indices { #expect(try Self.answer(to: [bytes[..<cut], bytes[cut...]]) == whole) }
    #expect(try Self.answer(to: bytes.indices.map { bytes[$0...$0] }) == whole)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `whatever bytes come, the answers are well formed and end with the last`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let shapes = SmugglingTests.shapes + SmugglingTests.chunks
    let corpus = Self.requests + shapes.map { $0.head + $0.body }
    for _ in 0..<60 {
      var bytes: [UInt8] = []
      for _ in 0...(random.next() % 4) { bytes += Array((corpus.randomElement(using: &random) ?? "").utf8) }
      Self.mutate(&bytes, &random)
      let connection = try EmbeddedConnection()
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int(random.next() % 64) + 1
        connection.receive(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      if random.next() % 2 == 0 { connection.receiveEnd() }
      let answers = try connection.answers()
      #expect(answers.allSatisfy { $0.isWhole && [400, 403, 408, 417, 431, 501, 505].contains($0.status) })
      #expect(
        !answers.dropLast().contains { !$0.keepsAlive },
        "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      connection.wait(.seconds(3600))
      #expect(!connection.isOpen && connection.register.connections == 0)
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    for _ in 0..<(random.next() % 6) where !bytes.isEmpty {
      let place = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 5 {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
      case 3: bytes.insert(contentsOf: [0x0D, 0x0A], at: place)
      default: bytes.removeSubrange(place..<min(place + 8, bytes.count))
      }
    }
  }
}
