import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct AnthropicWholeTests {
  private func encoder(
    _ thinking: AnthropicEncoder.Thinking = .shown, oneCall: Bool = false
  ) -> AnthropicEncoder {
    AnthropicEncoder(
      model: "asked/for", thinking: thinking, takesOneCall: oneCall, inputTokens: 77, requestID: "req_1")
  }

  private func message(_ answer: ChatAnswer, _ encoder: AnthropicEncoder? = nil) throws -> [String: Any] {
    let bytes = try (encoder ?? self.encoder()).encode(answer, at: .fixed)
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func blocks(_ message: [String: Any]) -> [[String: Any]] {
    message["content"] as? [[String: Any]] ?? []
  }

  @Test func `a message with all its members`() throws {
    let message = try message(try completion(choice(#"{"content":"hi \u2028 \"you\""}"#)))
    #expect(
      message.keys.sorted() == [
        "content", "id", "model", "role", "stop_reason", "stop_sequence", "type", "usage",
      ])
    #expect((message["id"] as? String)?.hasPrefix("msg_") == true)
    #expect(message["type"] as? String == "message")
    #expect(message["role"] as? String == "assistant")
    #expect(message["model"] as? String == "asked/for")
    #expect(message["stop_reason"] as? String == "end_turn")
    #expect(message["stop_sequence"] is NSNull)
    #expect(blocks(message) as? [[String: String]] == [["type": "text", "text": "hi \u{2028} \"you\""]])
    #expect(
      message["usage"] as? [String: Int] == [
        "input_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 2,
      ])
  }

  @Test func `thoughts first, then text, then calls with inputs that are objects`() throws {
    let message = try message(
      try completion(
        choice(
          #"""
          {"content":"A","reasoning_content":"hm","tool_calls":[
           {"id":"x","function":{"name":"f","arguments":"{\"big\":12345678901234567890,\"n\":1.0}"}},
           {"id":"y","function":{"name":"g","arguments":""}}]}
          """#)))
    #expect(blocks(message).map { $0["type"] as? String } == ["thinking", "text", "tool_use", "tool_use"])
    #expect(blocks(message)[0]["thinking"] as? String == "hm")
    #expect((blocks(message)[0]["signature"] as? String)?.isEmpty == false)
    #expect(blocks(message)[2]["id"] as? String == "x")
    #expect((blocks(message)[2]["input"] as? [String: Any])?["n"] as? Double == 1)
    #expect((blocks(message)[3]["input"] as? [String: Any])?.isEmpty == true)
    #expect(message["stop_reason"] as? String == "tool_use")
    let bytes = try encoder().encode(
      try completion(
        choice(#"{"tool_calls":[{"id":"x","function":{"name":"f","arguments":"{\"n\":1.0}"}}]}"#)), at: .fixed
    )
    #expect(String(decoding: bytes, as: UTF8.self).contains(#""input":{"n":1.0}"#))
  }

  @Test func `thoughts are told as the request wants`() throws {
    let answer = try completion(choice(#"{"content":"A","reasoning":"hm"}"#))
    #expect(blocks(try message(answer, encoder(.left))).map { $0["type"] as? String } == ["text"])
    let omitted = blocks(try message(answer, encoder(.omitted)))
    #expect(omitted.map { $0["type"] as? String } == ["thinking", "text"])
    #expect(omitted[0]["thinking"] as? String == "")
    for (thinking, count) in [
      (#"{"type":"disabled"}"#, 1), (#"{"type":"adaptive"}"#, 2), ("null", 1),
      (#"{"type":"enabled","budget_tokens":1024}"#, 2),
    ] {
      let decoded = try AnthropicTranscript(AnthropicTranscript.user, #""thinking":\#(thinking)"#).decoded
      let body = try decoded.encoder.encode(answer, at: .fixed)
      let message = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
      #expect(blocks(message).count == count)
    }
  }

  @Test(arguments: [
    (#"{"content":"x"}"#, #""stop""#, "end_turn"), (#"{"content":"x"}"#, "null", "end_turn"),
    (#"{"content":"x"}"#, #""tool_calls""#, "end_turn"), (#"{"content":"x"}"#, #""length""#, "max_tokens"),
    (#"{"content":"x"}"#, #""content_filter""#, "refusal"), (#"{"content":"x"}"#, #""eos""#, "end_turn"),
    (#"{"content":null,"refusal":"no"}"#, #""stop""#, "refusal"),
    (#"{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}"#, #""stop""#, "tool_use"),
    (#"{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}"#, #""length""#, "max_tokens"),
    (#"{"function_call":{"name":"f","arguments":"{}"}}"#, #""function_call""#, "tool_use"),
  ])
  func `why the model stopped`(text: String, finish: String, said: String) throws {
    #expect(
      try message(try completion(choice(text, finish: finish)))["stop_reason"] as? String == said)
  }

  @Test func `only the first call where one at a time was asked for`() throws {
    let answer = try completion(
      choice(#"{"tool_calls":[{"id":"a","function":{"name":"f"}},{"id":"b","function":{"name":"g"}}]}"#))
    #expect(blocks(try message(answer, encoder(oneCall: true))).map { $0["id"] as? String } == ["a"])
    #expect(blocks(try message(answer)).count == 2)
  }

  @Test func `an answer with nothing in it has no blocks`() throws {
    for text in [#"{"content":null}"#, #"{"content":""}"#, "{}", #"{"content":[],"tool_calls":[]}"#] {
      #expect(blocks(try message(try completion(choice(text)))).isEmpty)
    }
  }

  @Test func `a refusal is told in words`() throws {
    let blocks = blocks(try message(try completion(choice(#"{"content":"","refusal":"I will not"}"#))))
    #expect(blocks as? [[String: String]] == [["type": "text", "text": "I will not"]])
  }

  @Test func `arguments that are no object come inside one`() throws {
    let blocks = blocks(
      try message(try completion(choice(#"{"tool_calls":[{"function":{"name":"f","arguments":"[1"}}]}"#))))
    #expect(blocks[0]["input"] as? [String: String] == ["arguments": "[1"])
  }

  @Test func `what came from a cache is not among the input; what nobody counted is estimated`() throws {
    func usage(_ text: String) throws -> [String: Int]? {
      try message(try answer(#"{"choices":[{"message":{"content":"x"}}],"usage":\#(text)}"#))["usage"]
        as? [String: Int]
    }
    let counted = try usage(
      #"{"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":60}}"#)
    #expect(counted?["input_tokens"] == 40)
    #expect(counted?["cache_read_input_tokens"] == 60)
    #expect(counted?["output_tokens"] == 5)
    #expect(
      try usage(#"{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":9}}"#)?["input_tokens"] == 0)
    #expect(try usage("null")?["input_tokens"] == 77)
    #expect(try usage(#"{"prompt_tokens":-5,"completion_tokens":1e99}"#)?["output_tokens"] == 0)
  }
}
