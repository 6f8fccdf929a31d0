import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaAnswerTests {
  private let chat: OllamaTranscript

  init() throws { chat = try OllamaTranscript(with: #""stream":false"#) }

  private func message(_ members: [String: Any]) throws -> [String: Any] {
    try #require(members["message"] as? [String: Any])
  }

  @Test func `a whole answer is one object with all that clients read`() throws {
    let whole = try chat.whole(
      completion(choice(#"{"role":"assistant","content":"a\u0020b","reasoning_content":"hm"}"#)))
    let message = try message(whole)
    #expect(message["role"] as? String == "assistant")
    #expect(message["content"] as? String == "a b")
    #expect(message["thinking"] as? String == "hm")
    #expect(message["tool_calls"] == nil)
    #expect(whole["created_at"] as? String == "2023-11-14T22:13:20.000000000Z")
    #expect(whole["done_reason"] as? String == "stop")
    #expect(whole["prompt_eval_count"] as? Int == 1)
    #expect(whole["eval_count"] as? Int == 2)
    #expect(whole["_metadata"] == nil)
  }

  @Test func `the durations add up to what was measured, and none that is divided by is zero`() throws {
    let answer = try completion(choice(#"{"content":"x"}"#))
    for (elapsed, expected) in [
      (Duration.milliseconds(1500), 1_500_000_000), (.zero, 2), (.seconds(-5), 2), (.nanoseconds(7), 7),
      (.seconds(Int64.max), Int.max),
    ] {
      let whole = try chat.whole(answer, at: AnswerTime(seconds: 0, elapsed: elapsed))
      let names = ["load_duration", "prompt_eval_duration", "eval_duration"]
      let parts = try names.map { try #require(whole[$0] as? Int) }
      #expect(parts.reduce(0, +) == expected)
      #expect(whole["total_duration"] as? Int == expected)
      #expect(parts[1] > 0 && parts[2] > 0)
    }
  }

  @Test(arguments: [
    (30, 10, 1_125_000_000), (0, 10, 1), (10, 0, 1_499_999_999), (0, 0, 750_000_000),
    (Int.max, Int.max, 750_000_000), (1, Int.max, 1),
  ])
  func `the time is shared out by the tokens`(prompt: Int, completion: Int, expected: Int) throws {
    let whole = try chat.whole(
      answer(
        #"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":\#(prompt),"#
          + #""completion_tokens":\#(completion)}}"#))
    #expect(whole["prompt_eval_duration"] as? Int == expected)
    #expect(whole["eval_duration"] as? Int == 1_500_000_000 - expected)
  }

  @Test func `a caller that wants no thinking sees none`() throws {
    let quiet = try OllamaTranscript(with: #""stream":false,"think":false"#)
    let whole = try quiet.whole(completion(choice(#"{"content":"x","reasoning_content":"hm"}"#)))
    #expect(try message(whole)["thinking"] == nil)
  }

  @Test func `calls have objects for arguments, with their digits`() throws {
    let answer = try completion(
      choice(
        #"""
        {"content":null,"tool_calls":[
        {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"z\": 1.0, \"a\": 12345678901234567890}"}},
        {"id":"","function":{"name":"g","arguments":""}},{"function":{"name":"h","arguments":"not json"}},
        {"function":{"name":"i","arguments":{"b":1}}}]}
        """#, finish: #""tool_calls""#))
    let text = String(decoding: try chat.request.encoder.encode(answer, at: .fixed), as: UTF8.self)
    #expect(
      text.contains(
        #""id":"c1","function":{"index":0,"name":"f","arguments":{"z":1.0,"a":12345678901234567890}}"#))
    let whole = try ollamaObject(text)
    let calls = try ollamaList(message(whole)["tool_calls"])
    let arguments = calls.map { ($0["function"] as? [String: Any])?["arguments"] as? NSDictionary }
    #expect(arguments[1...] == [[:], ["arguments": "not json"], ["b": 1]])
    #expect(try message(whole)["content"] as? String == "")
    #expect(whole["done_reason"] as? String == "stop")
    #expect((calls[1]["id"] as? String)?.isEmpty == false)
  }

  @Test(arguments: [
    (#""stop""#, "stop"), (#""length""#, "length"), ("null", "stop"), (#""tool_calls""#, "stop"),
    (#""content_filter""#, "content_filter"), (#""timeout""#, "timeout"),
  ])
  func `the reason is Ollama's, or what the router says`(finish: String, reason: String) throws {
    let whole = try chat.whole(completion(choice(#"{"content":"x"}"#, finish: finish)))
    #expect(whole["done_reason"] as? String == reason)
  }

  @Test func `a refusal is text`() throws {
    let answer = try completion(choice(#"{"content":null,"refusal":"I won't."}"#))
    #expect(try message(chat.whole(answer))["content"] as? String == "I won't.")
    let both = try completion(choice(#"{"content":"Hm. ","refusal":"I won't."}"#))
    #expect(try message(chat.whole(both))["content"] as? String == "Hm. I won't.")
  }

  @Test func `probabilities come as they are`() throws {
    let tokens = #"[{"token":"x","logprob":-0.10,"bytes":[120],"top_logprobs":[]}]"#
    let answer = try completion(
      #"{"message":{"content":"x"},"finish_reason":"stop","logprobs":{"content":\#(tokens)}}"#)
    let text = String(decoding: try chat.request.encoder.encode(answer, at: .fixed), as: UTF8.self)
    #expect(text.contains(#""logprobs":\#(tokens)"#))
  }

  @Test(arguments: [
    #""usage":null"#, #""usage":{}"#, #""usage":7"#, #""usage":{"prompt_tokens":-1}"#, #""x":1"#,
  ])
  func `counts that nobody told are zero`(usage: String) throws {
    let whole = try chat.whole(answer(#"{"choices":[{"message":{}}],\#(usage)}"#))
    #expect(whole["prompt_eval_count"] as? Int == 0)
    #expect(whole["eval_count"] as? Int == 0)
    #expect(try message(whole)["content"] as? String == "")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00"), (951_782_399, "2000-02-28T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
    (1_709_251_199, "2024-02-29T23:59:59"), (1_735_689_599, "2024-12-31T23:59:59"),
    (4_107_542_400, "2100-03-01T00:00:00"), (253_402_300_799, "9999-12-31T23:59:59"),
    (Int.max, "9999-12-31T23:59:59"), (Int.min, "1970-01-01T00:00:00"),
  ])
  func `a moment is written as RFC 3339 has it`(seconds: Int, text: String) {
    #expect(OllamaTimestamp(seconds).description == text + ".000000000Z")
  }

  @Test func `moments are the calendar's`() {
    let formatter = ISO8601DateFormatter()
    for seconds in stride(from: 0, to: 8_000_000_000, by: 12_345_677) {
      let date = formatter.string(from: Date(timeIntervalSince1970: Double(seconds))).dropLast()
      #expect(OllamaTimestamp(seconds).description == date + ".000000000Z")
    }
  }
}
