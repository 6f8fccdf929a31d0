import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct OpenAIStreamTests {
  private func request(usage: Bool = false) -> OpenAIChatEncoder {
    OpenAIChatEncoder(model: "asked/for", isAlias: false, includesUsage: usage)
  }

  private func events(_ answer: ChatAnswer, _ encoder: OpenAIChatEncoder) async throws -> [ChunkEvent] {
    try await ChunkEvent.replay(answer, encoder)
  }

  @Test func `role first, content in pieces, finish reason last, one identity throughout`() async throws {
    let words = (0..<100).map { "word\($0)" }.joined(separator: " ")
    let events = try await events(
      try completion(choice(#"{"role":"assistant","content":"\#(words)"}"#)), request())
    #expect(events.first?.delta as? [String: String] == ["role": "assistant", "content": ""])
    #expect(events.dropFirst().allSatisfy { $0.delta["role"] == nil })
    let pieces = events.dropFirst().dropLast().compactMap { $0.delta["content"] as? String }
    #expect(pieces.joined() == words)
    #expect(pieces.count > 5)
    #expect(pieces.allSatisfy { !$0.isEmpty && $0.count <= 80 })
    #expect(events.last?.finish == "stop")
    #expect(events.last?.delta.isEmpty == true)
    #expect(events.dropLast().allSatisfy { $0.choice?["finish_reason"] is NSNull })
    for event in events {
      #expect(event.chunk["id"] as? String == "chatcmpl-1")
      #expect(event.chunk["created"] as? Int == 5)
      #expect(event.chunk["model"] as? String == "asked/for")
      #expect(event.chunk["object"] as? String == "chat.completion.chunk")
      #expect(event.chunk["usage"] == nil)
    }
  }

  @Test func `the usage event comes only when asked for, without choices`() async throws {
    let events = try await events(try completion(choice(#"{"content":"hi"}"#)), request(usage: true))
    let last = try #require(events.last)
    #expect((last.chunk["choices"] as? [Any])?.isEmpty == true)
    #expect(
      last.chunk["usage"] as? [String: Int] == [
        "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3,
      ])
  }

  @Test func `reasoning comes before content and never with it`() async throws {
    let events = try await events(
      try completion(choice(#"{"content":"42","reasoning_content":"6*7"}"#)), request())
    let names = events.flatMap { $0.delta.keys.filter { $0 != "role" } }
    #expect(names == ["content", "reasoning_content", "content"])
  }

  @Test func `tool calls: id and name once, arguments always strings that join to JSON, one call in a chunk`()
    async throws
  {
    let long = String(repeating: "x", count: 300)
    let events = try await events(
      try completion(
        choice(
          #"""
          {"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"q\":\"\#(long)\"}"}},
          {"id":"b","type":"function","function":{"name":"g","arguments":""}},
          {"id":"c","type":"function","function":{"name":"h","arguments":{"x":1.0}}}]}
          """#, finish: "\"stop\"")), request())
    var arguments: [Int: String] = [:]
    var names: [String] = []
    for event in events {
      guard let calls = event.delta["tool_calls"] as? [[String: Any]] else { continue }
      #expect(calls.count == 1)
      let index = try #require(calls[0]["index"] as? Int)
      let function = try #require(calls[0]["function"] as? [String: Any])
      arguments[index, default: ""] += try #require(function["arguments"] as? String)
      if let name = function["name"] as? String {
        names.append(name)
        #expect(calls[0]["type"] as? String == "function")
        #expect(calls[0]["id"] as? String == ["a", "b", "c"][index])
      } else {
        #expect(calls[0]["id"] == nil)
      }
    }
    #expect(names == ["f", "g", "h"])
    #expect(arguments == [0: #"{"q":"\#(long)"}"#, 1: "{}", 2: #"{"x":1.0}"#])
    #expect(events.last?.finish == "tool_calls")
  }

  @Test(arguments: [
    (#""length""#, true, "length"), (#""stop""#, true, "tool_calls"), ("null", true, "tool_calls"),
    (#""tool_calls""#, false, "stop"), ("null", false, "stop"),
    (#""content_filter""#, false, "content_filter"),
  ])
  func `the finish reason fits what was sent`(said: String, hasCalls: Bool, told: String) async throws {
    let calls = hasCalls ? #","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]"# : ""
    let events = try await events(
      try completion(choice(#"{"content":null\#(calls)}"#, finish: said)), request())
    #expect(events.last?.finish == told)
  }

  @Test func `every choice has its role, its content and its reason`() async throws {
    let text = try completion(
      [
        choice(#"{"content":"one"}"#, index: 0),
        choice(#"{"content":"two"}"#, finish: "\"length\"", index: 1),
      ]
      .joined(separator: ","))
    let events = try await events(text, request())
    for (index, content, reason) in [(0, "one", "stop"), (1, "two", "length")] {
      let own = events.filter { $0.index == index }
      #expect(own.first?.delta["role"] as? String == "assistant")
      #expect(own.compactMap { $0.delta["content"] as? String }.joined() == content)
      #expect(own.last?.finish == reason)
    }
  }

  @Test func `content in any script arrives unbroken`() async throws {
    let content = String(repeating: "Grüße 東京 👩‍👩‍👧‍👦 🇩🇪🇯🇵 e\u{301} \u{2028}\u{85} \u{0} \"q\" \\ / नमस्ते ", count: 20)
    let encoded = String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
    let events = try await events(try completion(choice(#"{"content":\#(encoded)}"#)), request())
    let pieces = events.dropFirst().compactMap { $0.delta["content"] as? String }
    #expect(pieces.joined() == content)
    #expect(pieces.map(\.count).reduce(0, +) == content.count)
  }

  @Test func `a stream that was opened early keeps its identity and says no role twice`() async throws {
    var stream = request().stream(at: 9)
    let early = try ChunkEvent.parse(
      String(decoding: stream.opening() + stream.heartbeat() + stream.heartbeat(), as: UTF8.self),
      isWhole: false)
    let late = try ChunkEvent.parse(await stream.written(try completion(choice(#"{"content":"hi"}"#))))
    #expect(early.map { $0.delta["content"] as? String } == ["", "", ""])
    #expect((early + late).filter { $0.delta["role"] != nil }.count == 1)
    #expect(Set((early + late).compactMap { $0.chunk["id"] as? String }).count == 1)
    #expect((early + late).allSatisfy { $0.chunk["created"] as? Int == 9 })
    #expect(stream.opening().isEmpty)
  }

  @Test func `a failure after the opening is an error event without choices and without an end`() throws {
    var stream = request().stream(at: 9)
    _ = stream.opening()
    let fault = APIFault(status: 502, type: "server_error", code: "upstream_integrity", message: "no")
    let events = try ChunkEvent.parse(String(decoding: stream.failure(fault), as: UTF8.self), isWhole: false)
    #expect(events.count == 1)
    #expect(events[0].chunk["choices"] == nil)
    #expect((events[0].chunk["error"] as? [String: Any])?["code"] as? String == "upstream_integrity")
  }

  @Test func `what the router says of itself is not repeated in every chunk if it is long`() async throws {
    let long = String(repeating: "x", count: 5000)
    let text = #"{"id":"\#(long)","system_fingerprint":"\#(long)","choices":[{"message":{"content":"hi"}}]}"#
    let events = try await events(try answer(text), request())
    #expect(events.allSatisfy { $0.text.count < 400 })
  }

  @Test func `a long answer is handed over in bounded pieces of whole events`() async throws {
    let content = String(repeating: "abcdefghij", count: 100_000)
    var stream = request().stream(at: 9)
    var largest = 0
    var all: [UInt8] = []
    await stream.write(try completion(choice(#"{"content":"\#(content)"}"#)), at: .fixed) { piece in
      largest = max(largest, piece.count)
      #expect(piece.suffix(2) == Array("\n\n".utf8)[...])
      all += piece
    }
    #expect(largest < 2 * EventWriter.pieceByteCount)
    #expect(
      try ChunkEvent.parse(String(decoding: all, as: UTF8.self)).compactMap { $0.delta["content"] as? String }
        .joined()
        == content)
  }
}
