import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct AnthropicStreamTests {
  /// One event, parsed by code that is not ours.
  private struct Event {
    let type: String
    let data: [String: Any]
    var index: Int? { data["index"] as? Int }
    var delta: [String: Any] { data["delta"] as? [String: Any] ?? [:] }
    var block: [String: Any] { data["content_block"] as? [String: Any] ?? [:] }
  }

  private func encoder(_ thinking: AnthropicEncoder.Thinking = .shown) -> AnthropicEncoder {
    AnthropicEncoder(
      model: "asked/for", thinking: thinking, takesOneCall: false, inputTokens: 77, requestID: "req_1")
  }

  private func events(_ choices: String, _ thinking: AnthropicEncoder.Thinking = .shown) async throws
    -> [Event]
  {
    var stream = encoder(thinking).stream(at: 9)
    return try parse(await stream.written(try completion(choices)))
  }

  /// Splits into events and checks what holds for every stream: frames, names, and one block open at a time.
  private func parse(_ text: String) throws -> [Event] {
    #expect(text.hasSuffix("\n\n"))
    for character in ["\r", "\u{85}", "\u{2028}", "\u{2029}"] { #expect(!text.contains(character)) }
    var (next, open): (Int, Int?) = (0, nil)
    let events = try text.components(separatedBy: "\n\n").dropLast().map { frame in
      let lines = frame.components(separatedBy: "\n")
      try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
      let data = try JSONSerialization.jsonObject(with: Data(lines[1].dropFirst(6).utf8))
      let event = Event(type: String(lines[0].dropFirst(7)), data: try #require(data as? [String: Any]))
      #expect(event.data["type"] as? String == event.type)
      switch event.type {
      case "content_block_start":
        #expect(open == nil && event.index == next)
        (open, next) = (next, next + 1)
      case "content_block_delta": #expect(open != nil && event.index == open)
      case "content_block_stop":
        #expect(open != nil && event.index == open)
        open = nil
      default: #expect(open == nil)
      }
      return event
    }
    #expect(open == nil)
    return events
  }

  @Test func `the events of a text in their order`() async throws {
    let words = (0..<100).map { "word\($0)" }.joined(separator: " ") + #" \u2028é"#
    let events = try await events(choice(#"{"content":"\#(words)"}"#))
    let deltas = events.filter { $0.type == "content_block_delta" }
    #expect(
      events.map(\.type) == ["message_start", "ping", "content_block_start"]
        + deltas.map(\.type) + ["content_block_stop", "message_delta", "message_stop"])
    #expect(deltas.count > 5)
    #expect(deltas.allSatisfy { $0.delta["type"] as? String == "text_delta" })
    #expect(deltas.compactMap { $0.delta["text"] as? String }.joined().hasSuffix("word99 \u{2028}é"))
    #expect(events[2].block as? [String: String] == ["type": "text", "text": ""])
    let message = try #require(events[0].data["message"] as? [String: Any])
    #expect((message["id"] as? String)?.hasPrefix("msg_") == true)
    #expect(message["model"] as? String == "asked/for")
    #expect((message["content"] as? [Any])?.isEmpty == true)
    #expect(message["stop_reason"] is NSNull)
    let end = try #require(events.first { $0.type == "message_delta" })
    #expect(end.delta["stop_reason"] as? String == "end_turn")
    #expect(end.delta["stop_sequence"] is NSNull)
    #expect((end.data["usage"] as? [String: Int])?["output_tokens"] == 2)
  }

  @Test func `thoughts, text and calls each in a block of their own`() async throws {
    let long = String(repeating: "x", count: 300)
    let events = try await events(
      choice(
        #"""
        {"content":"A","reasoning_content":"hm","tool_calls":[
         {"id":"a","function":{"name":"f","arguments":"{\"q\":\"\#(long)\\n\"}"}},{"id":"b","function":{"name":"g"}}]}
        """#))
    let starts = events.filter { $0.type == "content_block_start" }.map(\.block)
    #expect(starts.map { $0["type"] as? String } == ["thinking", "text", "tool_use", "tool_use"])
    #expect(starts.map { $0["input"] != nil } == [false, false, true, true])
    #expect(starts[2]["name"] as? String == "f")
    let thoughts = events.filter { $0.type == "content_block_delta" && $0.index == 0 }
    #expect(thoughts.map { $0.delta["type"] as? String } == ["thinking_delta", "signature_delta"])
    #expect((thoughts[1].delta["signature"] as? String)?.isEmpty == false)
    func input(_ index: Int) throws -> [String: String]? {
      let pieces = events.filter { $0.index == index }.compactMap { $0.delta["partial_json"] as? String }
      return try JSONSerialization.jsonObject(with: Data(pieces.joined().utf8)) as? [String: String]
    }
    #expect(try input(2) == ["q": long + "\n"])
    #expect(try input(3) == [:])
    #expect(events.first { $0.type == "message_delta" }?.delta["stop_reason"] as? String == "tool_use")
  }

  @Test func `omitted thoughts have a signature and no text`() async throws {
    let events = try await events(choice(#"{"content":"A","reasoning_content":"hm"}"#), .omitted)
    let thoughts = events.filter { $0.type == "content_block_delta" && $0.index == 0 }
    #expect(thoughts.map { $0.delta["type"] as? String } == ["signature_delta"])
    #expect(!events.contains { $0.delta["thinking"] != nil })
  }

  @Test func `an answer with nothing in it has a beginning and an end`() async throws {
    let events = try await events(choice(#"{"content":null}"#))
    #expect(events.map(\.type) == ["message_start", "ping", "message_delta", "message_stop"])
  }

  @Test func `an early opening is said once and keeps its estimate; the end says what was counted`()
    async throws
  {
    var stream = encoder().stream(at: 9)
    #expect(stream.heartbeat().isEmpty)
    let early = stream.opening() + stream.opening() + stream.heartbeat()
    let text =
      String(decoding: early, as: UTF8.self)
      + (await stream.written(try completion(choice(#"{"content":"x"}"#))))
    let events = try parse(text)
    #expect(events.map(\.type).filter { $0 == "message_start" }.count == 1)
    #expect(events.map(\.type).filter { $0 == "ping" }.count == 2)
    let message = try #require(events[0].data["message"] as? [String: Any])
    #expect((message["usage"] as? [String: Int])?["input_tokens"] == 77)
    let end = try #require(events.first { $0.type == "message_delta" })
    #expect((end.data["usage"] as? [String: Int])?["input_tokens"] == 1)
  }

  @Test func `a failure is an error event and no end`() throws {
    var stream = encoder().stream(at: 9)
    let fault = APIFault(status: 529, type: "server_error", code: "c", message: "too\nmuch")
    let events = try parse(String(decoding: stream.opening() + stream.failure(fault), as: UTF8.self))
    #expect(events.map(\.type) == ["message_start", "ping", "error"])
    let error = try #require(events[2].data["error"] as? [String: String])
    #expect(error == ["type": "overloaded_error", "message": "too\nmuch"])
    #expect(events[2].data["request_id"] as? String == "req_1")
  }

  @Test func `long answers come in bounded pieces that are whole events`() async throws {
    let words = String(repeating: "wörd ", count: 100_000)
    let answer = try completion(choice(#"{"content":"\#(words)"}"#))
    var stream = encoder().stream(at: 9)
    var pieces: [[UInt8]] = []
    await stream.write(answer, at: .fixed) { pieces.append($0) }
    #expect(pieces.count > 10)
    #expect(pieces.allSatisfy { $0.count < 2 * EventWriter.pieceByteCount && $0.suffix(2) == [10, 10] })
    let events = try parse(pieces.map { String(decoding: $0, as: UTF8.self) }.joined())
    #expect(events.compactMap { $0.delta["text"] as? String }.joined() == words)
  }
}
