import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaStreamTests {
  private func stream() throws -> any AnswerStream {
    try OllamaTranscript(with: #""keep_alive":-1"#).request.encoder.stream(at: 1_700_000_000)
  }

  private func content(_ lines: [[String: Any]], _ name: String = "content") -> String {
    lines.compactMap { ($0["message"] as? [String: Any])?[name] as? String }.joined()
  }

  @Test func `thoughts come first, then text, then all calls in one line, then the end`() async throws {
    let answer = try completion(
      choice(
        #"""
        {"content":"so","reasoning_content":"hm","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}},
        {"id":"2","function":{"name":"g","arguments":"{\"a\":1}"}}]}
        """#))
    var stream = try stream()
    #expect(stream.contentType == "application/x-ndjson")
    let lines = try ollamaLines(await stream.written(answer))
    let messages = try lines.map { try #require($0["message"] as? [String: Any]) }
    #expect(messages.map { $0["content"] as? String } == ["", "so", "", ""])
    #expect(messages.map { $0["thinking"] as? String } == ["hm", nil, nil, nil])
    #expect(messages.map { ($0["tool_calls"] as? [Any])?.count } == [nil, nil, 2, nil])
    #expect(lines.map { $0["done"] as? Bool } == [false, false, false, true])
    #expect(messages.allSatisfy { $0["role"] as? String == "assistant" })
    #expect(lines.allSatisfy { $0["model"] as? String == "m" && $0["created_at"] is String })
    #expect(lines[3]["total_duration"] as? Int == 1_500_000_000)
    #expect(lines[0]["total_duration"] == nil && lines[0]["done_reason"] == nil)
  }

  @Test func `a long text is the same in pieces, with nothing in it that ends a line`() async throws {
    let text = String(repeating: "Grüße \u{2028}\u{2029}\u{85}👩‍👩‍👧 \\n \\u2028 \\\"", count: 3000)
    var stream = try stream()
    let written = await stream.written(try completion(choice(#"{"content":"\#(text)"}"#)))
    let lines = try ollamaLines(written)
    let expected = try ollamaObject(#"{"t":"\#(text)"}"#)["t"] as? String
    #expect(content(lines) == expected)
    #expect(lines.count > 500)
    let pieces = lines.dropLast().map { content([$0]) }
    #expect(pieces.allSatisfy { !$0.isEmpty && $0.count <= EventWriter.charactersPerEvent })
  }

  @Test func `pieces go out as they are made, each of them whole lines`() async throws {
    let text = String(repeating: "x", count: 200_000)
    var stream = try stream()
    var sizes: [Int] = []
    await stream.write(try completion(choice(#"{"content":"\#(text)"}"#)), at: .fixed) { piece in
      sizes.append(piece.count)
      #expect(piece.last == UInt8(ascii: "\n"))
    }
    #expect(sizes.count > 10)
    #expect(sizes.allSatisfy { $0 < 2 * EventWriter.pieceByteCount })
  }

  @Test func `an early stream begins with a line that says nothing, and waits with more of them`()
    async throws
  {
    var stream = try stream()
    #expect(stream.heartbeat().isEmpty)
    var text = String(decoding: stream.opening(), as: UTF8.self)
    #expect(stream.opening().isEmpty)
    text += String(decoding: stream.heartbeat(), as: UTF8.self)
    text += await stream.written(try completion(choice(#"{"content":"yes"}"#)))
    let lines = try ollamaLines(text)
    #expect(lines.count == 4)
    #expect(lines[..<2].allSatisfy { $0["done"] as? Bool == false && content([$0]) == "" })
    #expect(content(lines) == "yes")
  }

  @Test func `a failure is one line with an error, and nothing in it looks like an end`() throws {
    var stream = try stream()
    let opening = stream.opening()
    let fault = APIFault(
      status: 503, type: "server_error", code: "cooldown", message: "It \"rests\"\n\u{2028} now.")
    let lines = try ollamaLines(String(decoding: opening + stream.failure(fault), as: UTF8.self))
    #expect(lines.count == 2)
    #expect(lines[1].count == 1)
    #expect(lines[1]["error"] as? String == fault.message)
    #expect(lines[0]["done"] as? Bool == false)
  }

  @Test func `an empty answer ends like any other`() async throws {
    var stream = try stream()
    let lines = try ollamaLines(await stream.written(try completion(choice(#"{"content":""}"#))))
    #expect(lines.count == 1)
    #expect(lines[0]["done"] as? Bool == true)
    #expect(content(lines) == "")
  }

  @Test func `of several choices the first is told`() async throws {
    var stream = try stream()
    let choices = choice(#"{"content":"one"}"#) + "," + choice(#"{"content":"two"}"#, index: 1)
    #expect(content(try ollamaLines(await stream.written(try completion(choices)))) == "one")
  }
}
