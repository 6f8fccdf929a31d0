import Foundation
import Testing

@testable import Dialects

@Suite struct ResponsesAnswerTests {
  private func response(_ choice: String, to members: String = #""input":"x""#) throws -> ParsedObject {
    try ResponsesText.response(try completion(choice), to: members)
  }

  @Test func `the object has every member that strict clients read`() throws {
    let response = try response(
      choice(#"{"content":"hi"}"#),
      to:
        #""input":"x","instructions":"i","temperature":0.5,"metadata":{"a":"b"},"max_output_tokens":5,"user":"u","#
        + #""text":{"verbosity":"low"},"store":true"#)
    #expect(response.text("id")?.hasPrefix("resp_") == true)
    #expect(response.text("object") == "response")
    #expect(response["created_at"] as? Int == 1_699_999_999)
    #expect(response["completed_at"] as? Int == 1_700_000_000)
    #expect(response.text("status") == "completed")
    #expect(response.text("model") == "m/1")
    #expect(response.text("instructions") == "i")
    #expect(response["temperature"] as? Double == 0.5)
    #expect(response["max_output_tokens"] as? Int == 5)
    #expect(response["metadata"] as? [String: String] == ["a": "b"])
    #expect(response.text("user") == "u")
    #expect(response["store"] as? Bool == false)
    #expect(response["background"] as? Bool == false)
    #expect(response["parallel_tool_calls"] as? Bool == true)
    #expect(response.text("tool_choice") == "auto")
    #expect(response.text("truncation") == "disabled")
    #expect(response.object("text").text("verbosity") == "low")
    #expect(response.object("text").object("format").text("type") == "text")
    #expect((response["tools"] as? [Any])?.isEmpty == true)
    for name in ["error", "incomplete_details", "previous_response_id", "top_p"] {
      #expect(response[name] is NSNull, "\(name)")
    }
  }

  @Test func `usage has the details that Codex cannot do without`() throws {
    let usage = try ResponsesText.response(
      try answer(
        #"{"choices":[\#(choice(#"{"content":"a"}"#))],"usage":{"prompt_tokens":5,"completion_tokens":7,"#
          + #""prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":3}}}"#
      )
    ).object("usage")
    #expect(usage["input_tokens"] as? Int == 5)
    #expect(usage["output_tokens"] as? Int == 7)
    #expect(usage["total_tokens"] as? Int == 12)
    #expect(usage.object("input_tokens_details")["cached_tokens"] as? Int == 2)
    #expect(usage.object("input_tokens_details")["cache_write_tokens"] as? Int == 0)
    #expect(usage.object("output_tokens_details")["reasoning_tokens"] as? Int == 3)
  }

  @Test func `items come in the order thought, said, called`() throws {
    let response = try response(
      choice(
        #"{"reasoning_content":"why","content":"text","tool_calls":[{"id":"c","function":{"name":"f","arguments":""}}]}"#
      ))
    let output = response.list("output")
    #expect(output.map { $0.text("type") } == ["reasoning", "message", "function_call"])
    #expect(output[0].list("summary").map { $0.text("text") } == ["why"])
    let part = output[1].list("content")[0]
    #expect(part.text("type") == "output_text")
    #expect(part.text("text") == "text")
    #expect((part["annotations"] as? [Any])?.isEmpty == true)
    #expect((part["logprobs"] as? [Any])?.isEmpty == true)
    #expect(output[2].text("arguments") == "{}")
    #expect(output.allSatisfy { $0.text("status") == "completed" })
    #expect(Set(output.compactMap { $0.text("id") }).count == 3)
  }

  @Test func `a refusal is a part of its own`() throws {
    let part = try response(choice(#"{"content":null,"refusal":"no"}"#)).list("output")[0].list("content")[0]
    #expect(part as? [String: String] == ["type": "refusal", "refusal": "no"])
  }

  @Test(arguments: [("length", "max_output_tokens"), ("content_filter", "content_filter")])
  func `an answer that was cut says so`(finish: String, reason: String) throws {
    let response = try response(
      choice(#"{"reasoning_content":"r","content":"cut"}"#, finish: "\"\(finish)\""))
    #expect(response.text("status") == "incomplete")
    #expect(response.object("incomplete_details").text("reason") == reason)
    #expect(response["completed_at"] is NSNull)
    #expect(response.list("output").map { $0.text("status") } == ["completed", "incomplete"])
  }

  @Test func `an answer of nothing is a message of nothing`() throws {
    let output = try response(choice(#"{"content":null}"#)).list("output")
    #expect(output[0].list("content")[0].text("text") == "")
    let thought = try response(choice(#"{"reasoning_content":"r"}"#, finish: "\"length\"")).list("output")
    #expect(thought.map { $0.text("type") } == ["reasoning"])
  }

  @Test func `only the first call is handed on where one at a time was asked for`() throws {
    let calls = #"{"tool_calls":[{"id":"a","function":{"name":"f"}},{"id":"b","function":{"name":"f"}}]}"#
    let response = try response(choice(calls), to: #""input":"x","parallel_tool_calls":false"#)
    #expect(response.list("output").map { $0.text("call_id") } == ["a"])
    #expect(response["parallel_tool_calls"] as? Bool == false)
    #expect(try self.response(choice(calls)).list("output").count == 2)
  }

  @Test func `token probabilities come only if asked for, their bytes always a list`() throws {
    let chosen =
      #"{"index":0,"message":{"content":"a"},"finish_reason":"stop","logprobs":{"content":[{"token":"a","logprob":-0.50,"#
      + #""bytes":null,"top_logprobs":[{"token":"b","logprob":-2,"bytes":[98]}]},7,{"logprob":1}]}}"#
    let asked = try response(chosen, to: #""input":"x","include":["message.output_text.logprobs"]"#)
    let logprobs = asked.list("output")[0].list("content")[0].list("logprobs")
    #expect(logprobs.count == 1)
    #expect((logprobs[0]["bytes"] as? [Any])?.isEmpty == true)
    #expect(logprobs[0].list("top_logprobs")[0]["bytes"] as? [Int] == [98])
    #expect(try response(chosen).list("output")[0].list("content")[0].list("logprobs").isEmpty)
  }
}
