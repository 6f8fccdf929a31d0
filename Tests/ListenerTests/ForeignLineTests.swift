import NIOCore
import Testing

@testable import Listener

/// Request lines of protocols that are not HTTP.
@Suite struct ForeignLineTests {
  private static func sees(_ pieces: [some Collection<UInt8>]) -> Bool {
    var line = ForeignLine()
    for piece in pieces { Array(piece).withUnsafeBytes { line.look(at: $0) } }
    return line.wasSeen
  }

  /// Read at once, in two pieces wherever they may meet, and byte by byte.
  private static func looks(_ text: String) -> [Bool] {
    let bytes = Array(text.utf8)
    return (0...bytes.count).map { sees([bytes[..<$0], bytes[$0...]]) } + [sees(bytes.map { [$0] })]
  }

  @Test(arguments: [
    "GET / RTSP/1.0\r\n", "GET / RTSP/1.1\r\n", "SOURCE / ICE/1.0\r\n", "OPTIONS * RTSP/9.9\r\nHost: x\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / RTSP/1.0\r\n",
  ])
  func `a line of another protocol is seen, wherever reads end`(_ text: String) {
    #expect(!Self.looks(text).contains(false))
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /RTSP/1.0 HTTP/1.0\r\n", "GET / RTSP/1.0 HTTP/1.1\r\n",
    "X-A: RTSP/1.0, HTTP/1.1\r\n", #"{"content":"GET / RTSP/1.0\r\n"}"#, "RTSP/1.0\r\n", "/1.0\r\n", "\r\n",
    "",
    "GET / RTSP/1.0\n", "GET / RTSP/1x0\r\n", "GET / RTSP/10\r\n", "GET / rtsp/1.0\r\n",
    "GET / XRTSP/1.0\r\n",
  ])
  func `nothing else is taken for one`(_ text: String) {
    #expect(!Self.looks(text).contains(true))
  }

  @Test(arguments: ["GET / RTSP/1.0", "GET / RTSP/1.1", "SOURCE / ICE/1.1", "DESCRIBE / RTSP/1.0"])
  func `a request in it is refused, and nothing behind it is answered`(_ line: String) throws {
    let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    let message = "\(line)\r\nHost: x\r\n\r\n"
    for cut in 0...message.utf8.count {
      let connection = try EmbeddedConnection()
      connection.receive(get)
      connection.receive(message.utf8.prefix(cut))
      connection.receive(Array(message.utf8.dropFirst(cut)) + Array(get.utf8))
      let answers = try connection.answers()
      #expect(answers.map(\.status) == [403, 400] && answers.last?["connection"] == "close")
    }
  }
}
