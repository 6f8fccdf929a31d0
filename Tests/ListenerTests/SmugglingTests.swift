import Listener
import Testing

/// Messages that two readers could take for different ones (RFC 9112 section 11.2).
///
/// Each must be refused and must be the last on its connection.
@Suite(.timeLimit(.minutes(1))) struct SmugglingTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let name: String
    let head: String
    var body = "0\r\n\r\n"
    var status = 400
    var testDescription: String { name }
  }

  static let shapes = [
    Shape(name: "no Host", head: "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"),
    Shape(name: "two Hosts", head: post("Host: x", "Content-Length: 5")),
    Shape(name: "both lengths", head: post("Content-Length: 5", "Transfer-Encoding: chunked")),
    Shape(name: "both lengths, other order", head: post("Transfer-Encoding: chunked", "Content-Length: 5")),
    Shape(name: "both, coding in capitals", head: post("Content-Length: 5", "TRANSFER-ENCODING: Chunked")),
    Shape(name: "two lengths", head: post("Content-Length: 5", "Content-Length: 6")),
    Shape(name: "two equal lengths", head: post("Content-Length: 5", "Content-Length: 5")),
    Shape(name: "list of lengths", head: post("Content-Length: 5, 5")),
    Shape(name: "negative length", head: post("Content-Length: -5")),
    Shape(name: "plus length", head: post("Content-Length: +5")),
    Shape(name: "hexadecimal length", head: post("Content-Length: 0x5")),
    Shape(name: "length with a point", head: post("Content-Length: 5.0")),
    Shape(name: "length with a space inside", head: post("Content-Length: 5 5")),
    Shape(name: "empty length", head: post("Content-Length:")),
    Shape(name: "length over 64 bits", head: post("Content-Length: 18446744073709551621")),
    Shape(name: "length over 63 bits", head: post("Content-Length: 9223372036854775808")),
    Shape(name: "length in other digits", head: post("Content-Length: \u{0665}")),
    Shape(name: "length with underscore", head: post("Content-Length: 5_0")),
    Shape(name: "chunked, identity", head: post("Transfer-Encoding: chunked, identity")),
    Shape(name: "identity, chunked", head: post("Transfer-Encoding: identity, chunked"), status: 501),
    Shape(name: "gzip, chunked", head: post("Transfer-Encoding: gzip, chunked"), status: 501),
    Shape(name: "gzip", head: post("Transfer-Encoding: gzip"), status: 501),
    Shape(name: "identity", head: post("Transfer-Encoding: identity"), status: 501),
    Shape(name: "chunked twice", head: post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")),
    Shape(name: "chunked, chunked", head: post("Transfer-Encoding: chunked, chunked")),
    Shape(name: "xchunked", head: post("Transfer-Encoding: xchunked"), status: 501),
    Shape(name: "chunked in quotes", head: post("Transfer-Encoding: \"chunked\""), status: 501),
    Shape(name: "chunked with parameter", head: post("Transfer-Encoding: chunked;q=1"), status: 501),
    Shape(name: "chunked after vertical tab", head: post("Transfer-Encoding: \u{0B}chunked")),
    Shape(name: "empty coding", head: post("Transfer-Encoding:"), status: 501),
    Shape(
      name: "chunked in HTTP/1.0",
      head: "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
    Shape(name: "space before colon", head: post("Content-Length : 5")),
    Shape(name: "tab before colon", head: post("Transfer-Encoding\t: chunked")),
    Shape(name: "space before name", head: "POST / HTTP/1.1\r\n Host: x\r\nContent-Length: 5\r\n\r\n"),
    Shape(name: "folded coding", head: post("Transfer-Encoding:\r\n chunked")),
    Shape(name: "folded value", head: post("X-A: one\r\n two", "Content-Length: 5")),
    Shape(name: "folded with tab", head: post("X-A: one\r\n\ttwo", "Content-Length: 5")),
    Shape(name: "bare LF after a field", head: "POST / HTTP/1.1\r\nHost: x\nContent-Length: 5\r\n\r\n"),
    Shape(name: "bare LF everywhere", head: "POST / HTTP/1.1\nHost: x\nContent-Length: 5\n\n", status: 505),
    Shape(
      name: "bare LF after the request line", head: "POST / HTTP/1.1\nHost: x\r\nContent-Length: 5\r\n\r\n",
      status: 505),
    Shape(
      name: "bare LF at the end of the head", head: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\n"),
    Shape(name: "bare CR in a value", head: post("X-A: one\rContent-Length: 5")),
    Shape(name: "bare CR for a line end", head: "POST / HTTP/1.1\r\nHost: x\rContent-Length: 5\r\n\r\n"),
    Shape(name: "NUL in a value", head: post("X-A: a\u{0}b", "Content-Length: 5")),
    Shape(name: "NUL in a name", head: post("X\u{0}A: b", "Content-Length: 5")),
    Shape(name: "control character in a value", head: post("X-A: a\u{1}b", "Content-Length: 5")),
    Shape(name: "DEL in a value", head: post("X-A: a\u{7F}b", "Content-Length: 5")),
    Shape(name: "escape in a value", head: post("X-A: \u{1B}[2J", "Content-Length: 5")),
    Shape(name: "field without colon", head: post("Nonsense", "Content-Length: 5")),
    Shape(name: "field without name", head: post(": value", "Content-Length: 5")),
    Shape(name: "bytes beyond ASCII in a name", head: post("Content-Length\u{E9}: 5")),
    Shape(name: "brackets in a name", head: post("Content[Length]: 5")),
    Shape(name: "space in the target", head: "POST /a b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"),
    Shape(name: "tab in the request line", head: "POST\t/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"),
    Shape(name: "no version", head: "POST /\r\nHost: x\r\nContent-Length: 5\r\n\r\n", status: 505),
    Shape(name: "unknown method", head: "SMUGGLE / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"),
    Shape(name: "method in small letters", head: "post / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"),
    Shape(name: "HTTP/1.2", head: "POST / HTTP/1.2\r\nHost: x\r\nContent-Length: 5\r\n\r\n", status: 505),
    Shape(name: "HTTP/2.0", head: "POST / HTTP/2.0\r\nHost: x\r\nContent-Length: 5\r\n\r\n", status: 505),
    Shape(name: "HTTP/11", head: "POST / HTTP/11\r\nHost: x\r\nContent-Length: 5\r\n\r\n", status: 505),
    Shape(name: "preface of HTTP/2", head: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Shape(name: "TLS", head: "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}"),
    Shape(name: "CONNECT", head: "CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n", status: 501),
  ]

  static let chunks = [
    Shape(name: "size in letters", head: chunked, body: "g\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "negative size", head: chunked, body: "-5\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "plus size", head: chunked, body: "+5\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "0x size", head: chunked, body: "0x5\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "empty size", head: chunked, body: "\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "size over 64 bits", head: chunked, body: "10000000000000005\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "space before size", head: chunked, body: " 5\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "space after size", head: chunked, body: "5 \r\nhello\r\n0\r\n\r\n"),
    Shape(name: "bare LF after size", head: chunked, body: "5\nhello\r\n0\r\n\r\n"),
    Shape(name: "bare CR after size", head: chunked, body: "5\rhello\r\n0\r\n\r\n"),
    Shape(name: "bare LF in an extension", head: chunked, body: "5;a\nhello\r\n0\r\n\r\n"),
    Shape(name: "NUL in an extension", head: chunked, body: "5;a\u{0}\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "chunk longer than its size", head: chunked, body: "4\r\nhello\r\n0\r\n\r\n"),
    Shape(name: "no line end after a chunk", head: chunked, body: "5\r\nhello0\r\n\r\n"),
    Shape(name: "bare LF after a chunk", head: chunked, body: "5\r\nhello\n0\r\n\r\n"),
    Shape(name: "bare LF at the end", head: chunked, body: "5\r\nhello\r\n0\r\n\n"),
    Shape(name: "fold in a trailer", head: chunked, body: "0\r\nX: a\r\n b\r\n\r\n"),
    Shape(name: "space before colon in a trailer", head: chunked, body: "0\r\nX : a\r\n\r\n"),
    Shape(name: "NUL in a trailer", head: chunked, body: "0\r\nX: \u{0}\r\n\r\n"),
    Shape(name: "control character in a trailer", head: chunked, body: "0\r\nX: \u{1}\r\n\r\n"),
  ]

  private static let chunked = post("Transfer-Encoding: chunked")
  private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

  private static func post(_ fields: String...) -> String {
    "POST / HTTP/1.1\r\nHost: x\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
  }

  @Test(arguments: shapes + chunks)
  func `an ambiguous message is refused, and what follows it is never answered`(_ shape: Shape) async throws {
    let journal = Journal<String>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      journal.note(request.head.path)
      try await StubResponder.echo(request, reply)
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      async let sent = caller.send(shape.head + shape.body + Self.smuggled + Self.smuggled)
      let answer = try await caller.answer()
      #expect(answer.status == shape.status, "\(answer.text)")
      #expect(answer["connection"] == "close")
      _ = await sent
      caller.finishSending()
      let rest = await caller.rest()
      #expect(rest.bytes.isEmpty, "\(String(decoding: rest.bytes.prefix(100), as: UTF8.self))")
      #expect(rest.ending == .closed)
      journal.note("nothing")
      #expect(await journal.next() == "nothing")
    }
  }

  /// What the decoder skips in silence, each without an end: nothing that comes later makes it wrong.
  static let endless = [
    Shape(name: "chunk extension", head: chunked, body: "5;" + String(repeating: "a", count: 1 << 20)),
    Shape(name: "zeros of a chunk size", head: chunked, body: String(repeating: "0", count: 1 << 20)),
    Shape(
      name: "extensions of many small chunks", head: chunked,
      body: String(repeating: "1;\(String(repeating: "a", count: 998))\r\nx\r\n", count: 1 << 10)),
    Shape(name: "blanks before a value", head: "GET / HTTP/1.1\r\nX:" + blanks, body: "", status: 431),
    Shape(name: "blanks before the target", head: "GET " + blanks, body: "", status: 431),
    Shape(
      name: "empty lines before a request", head: String(repeating: "\r\n", count: 1 << 20), body: "",
      status: 431),
    Shape(
      name: "blanks in the head after the next",
      head: "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX:" + blanks,
      body: "", status: 431),
  ]

  private static let blanks = String(repeating: " ", count: 1 << 20)

  @Test(arguments: endless)
  func `a megabyte that the decoder skips is too much`(_ shape: Shape) async throws {
    try await withServer { server in
      let caller = try server.connect()
      async let sent = caller.send(shape.head + shape.body)
      var answer = try await caller.answer()
      if answer.text == "GET /1 - -" { answer = try await caller.answer() }
      #expect(answer.status == shape.status, "\(answer.text)")
      #expect(answer["connection"] == "close")
      _ = await sent
    }
  }

  @Test func `a long body in chunks of one byte is no abuse`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      let chunks = String(repeating: "1\r\nx\r\n", count: 20_000)
      async let sent = caller.send(Self.chunked + chunks + "0\r\n\r\n")
      let answer = try await caller.answer()
      #expect(answer.status == 200)
      #expect(answer.body.count == 20_000 + "POST / - ".utf8.count)
      #expect(await sent)
    }
  }

  @Test(arguments: shapes + chunks)
  func `a byte at a time changes nothing`(_ shape: Shape) async throws {
    let text = Array((shape.head + shape.body + Self.smuggled).utf8)
    // All of them at once, on a busy machine or beneath a sanitizer, take longer than a head may.
    let limits = ListenerLimits.with { ($0.headerTimeout, $0.bodyTimeout) = (.seconds(600), .seconds(600)) }
    try await withServer(limits: limits) { server in
      let caller = try server.connect()
      for byte in text { await caller.send([byte]) }
      caller.finishSending()
      let answer = try await caller.answer()
      #expect(answer.status == shape.status, "\(answer.text)")
      #expect(await caller.rest().bytes.isEmpty)
    }
  }
}
