import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import Listener

/// The small parts between bytes and messages.
@Suite struct WireTests {
  private func head(_ headers: HTTPHeaders, _ method: HTTPMethod = .POST, minor: Int = 1)
    throws(ListenerFault) -> WireHead
  {
    var headers = headers
    if minor == 1 { headers.add(name: "host", value: "x") }
    return try WireHead(
      HTTPRequestHead(
        version: HTTPVersion(major: 1, minor: minor), method: method, uri: "/", headers: headers),
      peer: .tcp(address: "127.0.0.1", port: 1))
  }

  // MARK: Heads

  @Test(
    arguments: [
      ([("content-length", "5"), ("transfer-encoding", "chunked")], .malformed),
      ([("content-length", "5"), ("Content-Length", "5")], .malformed),
      ([("content-length", "+5")], .malformed), ([("content-length", "")], .malformed),
      ([("content-length", "9223372036854775808")], .malformed),
      ([("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], .unsupportedTransferCoding),
      ([("transfer-encoding", "identity")], .unsupportedTransferCoding),
      ([("a", "b\r\nc: d")], .malformed), ([("a", "b\u{0}")], .malformed), ([("", "b")], .malformed),
      ([("a b", "c")], .malformed), ([("expect", "x")], .unsupportedExpectation),
    ] as [([(String, String)], ListenerFault)])
  func `what the decoder would let through is refused all the same`(
    _ headers: [(String, String)], _ fault: ListenerFault
  ) {
    #expect(throws: fault) { try head(HTTPHeaders(headers)) }
  }

  @Test func `a coding in HTTP 1.0 is refused`() {
    #expect(throws: ListenerFault.malformed) { try head(["transfer-encoding": "chunked"], minor: 0) }
  }

  @Test func `blanks around a value are none of it`() throws {
    let head = try head(["content-length": "5 \t", "origin": "http://localhost "])
    #expect(head.framing == .length(5))
    #expect(head.head.fields[.origin] == "http://localhost")
  }

  @Test func `fields keep their order and their repetitions`() throws {
    let head = try head(["B": "1", "a": "2", "b": "3"])
    #expect(head.head.fields.map(\.name.rawName) == ["B", "a", "b", "host"])
    let name = try #require(HTTPField.Name("b"))
    #expect(head.head.fields[values: name] == ["1", "3"])
  }

  // MARK: The end of an answer

  @Test(arguments: [(75, 70), (6, 1), (5, nil), (0, nil)] as [(Int, Int?)])
  func `a caller is asked to give an idle connection up before the server does`(_ real: Int, _ said: Int?) {
    #expect(AnswerEnding(keepsAlive: true, .seconds(real)) == .keepAlive(seconds: said))
    #expect(AnswerEnding(keepsAlive: false, .seconds(real)) == .close)
    var head = ByteBuffer()
    head.writeAnswerHead(
      .ok, [:], framing: .length(0), ending: AnswerEnding(keepsAlive: true, .seconds(real)), id: nil, date: ""
    )
    let text = String(buffer: head)
    #expect(text.contains("connection: keep-alive\r\n"))
    #expect(text.contains("keep-alive: timeout=\(said ?? 0)\r\n") == (said != nil))
  }

  // MARK: Bodies

  @Test func `a body is taken up to its limit and not a byte further`() {
    var body = BodyCollector()
    body.begin(limit: 5, expecting: 0)
    #expect(body.append(ByteBuffer(string: "abc")) == true)
    #expect(body.append(ByteBuffer(string: "def")) == false)
    #expect(body.append(ByteBuffer(string: "de")) == true)
    #expect(body.append(ByteBuffer(string: "f")) == false)
    #expect(body.take() == Array("abcde".utf8))
    #expect(body.take().isEmpty)
  }

  @Test func `an announced length is not reserved before some of it has come`() {
    var body = BodyCollector()
    body.begin(limit: .max, expecting: 1 << 40)
    #expect(body.append(ByteBuffer(string: "a")) == true)
    #expect(body.take().capacity < 1 << 20)
  }

  @Test func `a long body is reserved in steps, and never much beyond what has come`() {
    var body = BodyCollector()
    body.begin(limit: .max, expecting: 1 << 22)
    let piece = ByteBuffer(repeating: 0, count: 1 << 14)
    var steps: Set<Int> = []
    for count in 1...256 {
      let isTaken = body.append(piece)
      #expect(isTaken)
      steps.insert(body.capacity)
      #expect(body.capacity <= max(5 * count << 14, 1 << 17))
    }
    #expect(steps.count <= 6)
    #expect(body.take().count == 1 << 22)
  }

  // MARK: Overhead

  @Test func `bytes that are none of a message are counted between boundaries`() {
    var overhead = Overhead()
    #expect(!overhead.exceeds(100, wire: 100, body: 0))
    #expect(overhead.exceeds(100, wire: 101, body: 0))
    overhead.boundary(isHead: true)
    overhead.settle(wire: 101, body: 0)
    #expect(overhead.isInBody)
    #expect(!overhead.exceeds(100, wire: 201, body: 0))
    // Ten bytes of a body earn eighty more.
    #expect(!overhead.exceeds(100, wire: 101 + 10 + 180, body: 10))
    #expect(overhead.exceeds(100, wire: 101 + 10 + 181, body: 10))
    overhead.boundary(isHead: false)
    overhead.settle(wire: 1000, body: 10)
    #expect(!overhead.isInBody)
    #expect(overhead.exceeds(100, wire: 1101, body: 10))
  }

  // MARK: Answers

  @Test func `a chunk has its size in hexadecimal digits, and no chunk is empty`() {
    var buffer = ByteBuffer()
    buffer.writeChunk([UInt8](repeating: 0x61, count: 26))
    buffer.writeChunk([])
    buffer.writeLastChunk()
    #expect(String(buffer: buffer) == "1a\r\n\(String(repeating: "a", count: 26))\r\n0\r\n\r\n")
  }

  @Test func `the date is the one of RFC 9110`() {
    #expect(DateLine.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(DateLine.format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(DateLine.format(1_709_164_800) == "Thu, 29 Feb 2024 00:00:00 GMT")
  }

  @Test func `the name of a request is 24 hexadecimal digits, and its own`() {
    #expect(
      RequestID(high: 0xFFFF_FFFF_0123_4567, low: 0x89AB_CDEF_0000_00FF).description
        == "req_0123456789abcdef000000ff")
    #expect(Set((0..<1000).map { _ in RequestID() }).count == 1000)
  }

  // MARK: Reading

  @Test func `buffers grow with what comes, from one byte, and shrink again`() {
    var buffers = ReceiveBuffers()
    let allocator = ByteBufferAllocator()
    var sizes: [Int] = []
    for _ in 0..<6 {
      let size = buffers.buffer(allocator: allocator).capacity
      sizes.append(size)
      #expect(buffers.record(actualReadBytes: size) == true)
    }
    #expect(sizes == [1, 4096, 8192, 16384, 32768, 65536])
    for _ in 0..<10 { _ = buffers.record(actualReadBytes: 100) }
    #expect(buffers.buffer(allocator: allocator).capacity == 4096)
    #expect(buffers.nextBufferSize() == nil)
  }
}
