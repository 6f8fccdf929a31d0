import Foundation
import Testing

@testable import Dialects

@Suite struct StreamFormsTests {
  private func events(
    _ answer: ChatAnswer, _ form: CallForm = CallForm(), usage: Bool = false
  ) async throws -> [ChunkEvent] {
    try await ChunkEvent.replay(
      answer,
      OpenAIChatEncoder(model: "asked/for", isAlias: false, includesUsage: usage, callForm: form))
  }

  private static let long = String(repeating: "x", count: 300)
  private static let calls = #"""
    {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"input\":\"\#(long)\"}"}},
    {"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]}
    """#

  @Test func `who asked with functions gets function_call, name once and arguments in pieces`() async throws {
    let events = try await events(try completion(choice(Self.calls)), CallForm(isOldForm: true))
    let calls = events.compactMap { $0.delta["function_call"] as? [String: Any] }
    #expect(calls.compactMap { $0["name"] as? String } == ["f"])
    #expect(calls.allSatisfy { $0["arguments"] is String })
    #expect(calls.compactMap { $0["arguments"] as? String }.joined() == #"{"input":"\#(Self.long)"}"#)
    #expect(events.allSatisfy { $0.delta["tool_calls"] == nil })
    #expect(events.last?.finish == "function_call")
  }

  @Test func `a tool that takes text gets its text in pieces`() async throws {
    let events = try await events(try completion(choice(Self.calls)), CallForm(customNames: ["f"]))
    let calls = events.compactMap { ($0.delta["tool_calls"] as? [[String: Any]])?.first }
    let custom = calls.compactMap { $0["custom"] as? [String: Any] }
    #expect(custom.compactMap { $0["name"] as? String } == ["f"])
    #expect(custom.compactMap { $0["input"] as? String }.joined() == Self.long)
    #expect(calls.compactMap { $0["type"] as? String } == ["custom", "function"])
    #expect(calls.compactMap { $0["id"] as? String } == ["a", "b"])
    #expect(events.last?.finish == "tool_calls")
  }

  @Test func `who wants one call at a time gets the first`() async throws {
    let events = try await events(try completion(choice(Self.calls)), CallForm(keepsFirstOnly: true))
    let calls = events.compactMap { ($0.delta["tool_calls"] as? [[String: Any]])?.first }
    #expect(Set(calls.compactMap { $0["index"] as? Int }) == [0])
    #expect(calls.compactMap { $0["id"] as? String } == ["a"])
    #expect(events.last?.finish == "tool_calls")
  }

  @Test func `choices take turns, each of them whole and in order`() async throws {
    let texts = (0..<3).map { number in (0..<60).map { "\(number)-\($0)" }.joined(separator: " ") }
    let choices = texts.enumerated().map { choice(#"{"content":"\#($1)"}"#, index: $0) }.joined(
      separator: ",")
    let events = try await events(try completion(choices), usage: true)
    for (index, text) in texts.enumerated() {
      let own = events.filter { $0.index == index }
      #expect(own.first?.delta["role"] as? String == "assistant")
      #expect(own.compactMap { $0.delta["content"] as? String }.joined() == text)
      #expect(own.filter { $0.finish != nil }.count == 1)
      #expect(own.last?.finish == "stop")
    }
    #expect(events.prefix(6).compactMap(\.index) == [0, 1, 2, 0, 1, 2])
    #expect(events.last?.chunk["usage"] != nil)
  }

  @Test func `a stream that was opened early begins only the choice that every answer has`() async throws {
    var stream = OpenAIChatEncoder(model: "m", isAlias: false, includesUsage: false).stream(at: 9)
    let early = try ChunkEvent.parse(String(decoding: stream.opening(), as: UTF8.self), isWhole: false)
    #expect(early.map(\.index) == [0])
    let choices = [choice(#"{"content":"a"}"#, index: 0), choice(#"{"content":"b"}"#, index: 1)]
    let late = try ChunkEvent.parse(await stream.written(try completion(choices.joined(separator: ","))))
    #expect(late.filter { $0.delta["role"] != nil }.map(\.index) == [1])
  }

  @Test func `a refusal comes in pieces, and reasoning before content`() async throws {
    let events = try await events(
      try completion(choice(#"{"content":null,"refusal":"\#(Self.long)","reasoning_content":"why"}"#)))
    #expect(events.compactMap { $0.delta["refusal"] as? String }.joined() == Self.long)
    #expect(events.filter { $0.delta["refusal"] != nil }.count > 3)
    #expect(events[1].delta["reasoning_content"] as? String == "why")
  }

  @Test(arguments: [
    (#"{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}"#, 3),
    (#"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":9}"#, 9),
  ])
  func `the usage event has three numbers`(usage: String, total: Int) async throws {
    let events = try await events(
      try answer(#"{"choices":[{"message":{"content":"x"}}],"usage":\#(usage)}"#), usage: true)
    let told = try #require(events.last?.chunk["usage"] as? [String: Any])
    #expect(told["prompt_tokens"] as? Int == 1)
    #expect(told["completion_tokens"] as? Int == 2)
    #expect(told["total_tokens"] as? Int == total)
    #expect((told["prompt_tokens_details"] != nil) == usage.contains("details"))
  }

  @Test(arguments: ["", #","usage":null"#, #","usage":{}"#, #","usage":{"x":1}"#])
  func `where the router counted nothing, nothing is claimed`(usage: String) async throws {
    let events = try await events(
      try answer(#"{"choices":[{"message":{"content":"x"}}]\#(usage)}"#), usage: true)
    #expect(events.allSatisfy { $0.chunk["usage"] == nil })
    #expect(events.last?.finish == "stop")
  }
}

@Suite struct StreamLogprobsTests {
  private func events(_ message: String, _ logprobs: String) async throws -> [ChunkEvent] {
    try await ChunkEvent.replay(
      try completion(#"{"index":0,"message":\#(message),"logprobs":\#(logprobs),"finish_reason":"stop"}"#),
      OpenAIChatEncoder(model: "m", isAlias: false, includesUsage: false))
  }

  /// As client libraries collect them.
  private func tokens(_ event: ChunkEvent) -> [String] {
    let logprobs = event.choice?["logprobs"] as? [String: Any]
    return (logprobs?["content"] as? [[String: Any]] ?? []).compactMap { $0["token"] as? String }
  }

  @Test func `probabilities come beside the text that they are of`() async throws {
    let words = (0..<200).map { "w\($0) " }
    let list = words.map { #"{"token":"\#($0)","logprob":-0.10,"bytes":null,"top_logprobs":[]}"# }
    let events = try await events(
      #"{"content":"\#(words.joined())"}"#, #"{"content":[\#(list.joined(separator: ", "))],"refusal":null}"#)
    #expect(events.flatMap(tokens) == words)
    #expect(events.allSatisfy { tokens($0).count <= 16 })
    var (text, told) = ("", "")
    for event in events {
      text += event.delta["content"] as? String ?? ""
      told += tokens(event).joined()
      #expect(abs(text.utf8.count - told.utf8.count) < 10)
    }
    #expect(events.contains { $0.text.contains("-0.10") })
    #expect(events.last?.finish == "stop")
    #expect(events.last?.choice?["logprobs"] is NSNull)
  }

  @Test func `those of tokens that are no text come before the end`() async throws {
    let list = (0..<50).map { #"{"token":"t\#($0)","logprob":-1}"# }.joined(separator: ",")
    let events = try await events(
      #"{"content":null}"#, #"{"content":[\#(list)],"refusal":[{"token":"no","logprob":-1}]}"#)
    #expect(events.flatMap(tokens) == (0..<50).map { "t\($0)" })
    #expect(events.allSatisfy { tokens($0).count <= 16 })
    let last = try #require(events.last?.choice?["logprobs"] as? [String: Any])
    #expect((last["refusal"] as? [Any])?.count == 1)
    #expect(last["content"] is NSNull)
  }

  @Test func `those in another form come whole at the end`() async throws {
    let events = try await events(#"{"content":"x"}"#, #"{"tokens":["x"],"token_logprobs":[-1.0]}"#)
    #expect((events.last?.choice?["logprobs"] as? [String: Any])?["tokens"] as? [String] == ["x"])
  }
}
