import HTTPTypes
import Testing

@testable import Upstream

extension ResponseHead {
  init?(line: String) {
    guard let head = Array(line.utf8).withUnsafeBytes({ ResponseHead(statusLine: $0) }) else { return nil }
    self = head
  }

  mutating func add(_ line: String) -> Bool { add(Array(line.utf8)) }

  mutating func add(_ line: [UInt8]) -> Bool {
    line.withUnsafeBytes { add(fieldLine: $0) }
  }
}

@Suite struct ResponseHeadTests {
  @Test(arguments: [("HTTP/1.1 200 OK\r\n", 200), ("HTTP/2 404 \r\n", 404), ("HTTP/1.0 999\n", 999)])
  func aStatusLineGivesItsNumber(line: String, status: Int) {
    #expect(ResponseHead(line: line)?.status == status)
  }

  @Test(arguments: [
    "", "HTTP/", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 2 0", "HTTP/1.1  200", "http/1.1 200", "X 200 OK",
  ])
  func anythingElseIsNoStatusLine(line: String) {
    #expect(ResponseHead(line: line) == nil)
  }

  @Test func fieldsKeepTheirOrderAndLoseTheirBlanks() throws {
    var head = try #require(ResponseHead(line: "HTTP/1.1 200 OK"))
    #expect(head.add("B:  two words \t\r\n") == true)
    #expect(head.add("a:1\n") == true)
    #expect(head.add("b:\r\n") == true)
    #expect(head.fields.map { "\($0.name)=\($0.value)" } == ["B=two words", "a=1", "b="])
  }

  @Test(arguments: [
    "no colon\r\n", ": nameless\r\n", "bad name: x\r\n", "n\u{e9}: x\r\n", ":status: 200\r\n",
  ])
  func whatIsNoFieldIsLeftOut(line: String) throws {
    var head = try #require(ResponseHead(line: "HTTP/1.1 200 OK"))
    #expect(head.add(line) == true)
    #expect(head.fields.isEmpty)
  }

  @Test func bytesThatAreNotUTF8AreKept() throws {
    var head = try #require(ResponseHead(line: "HTTP/1.1 200 OK"))
    #expect(head.add(Array("x: caf".utf8) + [0xE9, 0x0D, 0x0A]) == true)
    let field = try #require(head.fields.first)
    #expect(field.withUnsafeBytesOfValue { Array($0) } == Array("caf".utf8) + [0xE9])
  }

  @Test(arguments: [("12", 12), ("-1", -1), ("1, 1", nil), ("", nil), ("0x10", nil)] as [(String, Int?)])
  func theAnnouncedLengthIsOneNumber(value: String, length: Int?) throws {
    var head = try #require(ResponseHead(line: "HTTP/1.1 200 OK"))
    #expect(head.add("content-LENGTH: \(value)\r\n") == true)
    #expect(head.announcedLength == length)
  }

  @Test(arguments: [
    (["Content-Encoding: gzip"], true, false), (["Content-Encoding: X-GZIP "], true, false),
    (["content-encoding: Deflate"], true, false), (["Content-Encoding: identity"], false, false),
    (["Content-Encoding:"], false, false), (["Transfer-Encoding: Chunked"], false, false),
    (["Content-Encoding: br"], true, true), (["Content-Encoding: zstd"], true, true),
    (["Content-Encoding: gzip, gzip"], true, true),
    (["Content-Encoding: gzip", "Content-Encoding: gzip"], true, true),
    (["Transfer-Encoding: gzip"], false, true), (["Transfer-Encoding: gzip, chunked"], false, true),
    (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], false, true),
  ])
  func aCodingThatWasNotAskedForIsForeign(lines: [String], isEncoded: Bool, isForeign: Bool) throws {
    var head = try #require(ResponseHead(line: "HTTP/1.1 200 OK"))
    for line in lines { #expect(head.add(line) == true) }
    #expect(head.isEncoded == isEncoded && head.hasForeignCoding == isForeign)
  }

  @Test func aContinuationLineIsNotTaken() throws {
    var head = try #require(ResponseHead(line: "HTTP/1.1 200 OK"))
    #expect(head.add(" more\r\n") == false)
    #expect(head.add("\tmore\r\n") == false)
  }
}
