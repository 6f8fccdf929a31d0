import Foundation
import HTTPTypes
import Testing

@testable import DevRouter

@Suite struct WireLogTests {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "wire-\(getpid())-\(UInt32.random(in: 0 ... .max))").path

  private func record(_ exchange: WireExchange, times: Int = 1) throws -> String {
    defer { unlink(path) }
    do {
      let log = try #require(WireLog(appendingTo: path))
      for _ in 0..<times { log.record(exchange) }
    }
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  private func exchange(request: String = "the prompt", fields: HTTPFields = [:]) -> WireExchange {
    WireExchange(
      path: "/v1/chat/secure_completion", fields: fields, sealedRequest: Array("SEALED-IN".utf8),
      request: Array(request.utf8), answer: Array("the answer".utf8), sealedAnswer: Array("SEALED-OUT".utf8))
  }

  @Test func `both sides of both seals are there, in order`() throws {
    let text = try record(exchange(fields: [.contentType: "application/octet-stream"]))
    let order = [
      "POST /v1/chat/secure_completion", "Content-Type: application/octet-stream", "SEALED-IN", "the prompt",
      "the answer", "SEALED-OUT",
    ]
    let places = try order.map { try #require(text.range(of: $0), "\($0) is missing").lowerBound }
    #expect(places == places.sorted())
    #expect(text.hasSuffix("\n\n"))
  }

  @Test func `the API key is not`() throws {
    let text = try record(exchange(fields: [.authorization: "Bearer KEY-MARKER"]))
    #expect(!text.contains("KEY-MARKER"))
    #expect(text.contains("Authorization: Bearer …"))
  }

  @Test func `what is long is cut, with its size`() throws {
    let long = String(repeating: "x", count: 10_000)
    let text = try record(
      exchange(request: long, fields: [.userAgent: String(repeating: "y", count: 5000)]))
    #expect(text.contains("… (10000 bytes in all)"))
    #expect(text.contains("… (5000 bytes in all)"))
    #expect(text.utf8.count < 2000)
  }

  @Test func `exchanges follow each other`() throws {
    let text = try record(exchange(), times: 3)
    #expect(text.components(separatedBy: "=== what the router opened\nthe prompt\n").count == 4)
  }

  @Test func `a file that cannot be written is told at once`() {
    #expect(WireLog(appendingTo: "/nonexistent/wire.log") == nil)
    #expect(WireLog(appendingTo: "/") == nil)
  }
}
