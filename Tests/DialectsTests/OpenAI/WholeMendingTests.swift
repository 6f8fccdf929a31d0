import Foundation
import Testing

@testable import Dialects

@Suite struct WholeMendingTests {
  private func encoded(_ answer: ChatAnswer, _ form: CallForm = CallForm()) throws -> String {
    let encoder = OpenAIChatEncoder(model: "asked/for", isAlias: false, includesUsage: false, callForm: form)
    return String(decoding: try encoder.encode(answer, at: .fixed), as: UTF8.self)
  }

  /// The text of the one choice after mending.
  private func mended(_ choice: String, _ form: CallForm = CallForm()) throws -> String {
    let text = try encoded(try completion(choice), form)
    _ = try parsed(text)
    let start = try #require(text.range(of: #""choices":["#))
    let end = try #require(text.range(of: #"],"usage""#))
    return String(text[start.upperBound..<end.lowerBound])
  }

  private static let call =
    #"{"id":"a","type":"function","function":{"name":"f","arguments":"{\"q\":1.0}"},"extra_content":{"k":1.0}}"#

  @Test(arguments: [
    choice(#"{"role":"assistant","content":"a\/b","annotations":[],"reasoning_content":"r"}"#),
    choice(#"{ "content":null, "role":"assistant", "tool_calls":[ \#(call) ] }"#, finish: #""tool_calls""#),
    choice(#"{"role":"assistant","content":null,"refusal":"no"}"#),
    choice(#"{"role":"assistant","content":"cut"}"#, finish: #""length""#),
    choice(#"{"role":"assistant","content":"","tool_calls":[]}"#, finish: #""content_filter""#),
    choice(#"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#, finish: #""length""#),
    choice(#"{"role":"assistant","content":"x"}"#, finish: #""eos""#),
    choice(#"{"role":"assistant","content":"x","tool_calls":null,"function_call":null}"#),
  ])
  func `a choice that is right stays byte for byte`(choice: String) throws {
    #expect(try mended(choice) == choice)
  }

  @Test(arguments: [
    (
      choice(#"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#),
      #"{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[\#(call)]},"finish_reason":"tool_calls"}"#
    ),
    (
      choice(#"{"role":"assistant","content":"x"}"#, finish: #""tool_calls""#),
      #"{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}"#
    ),
    (
      #"{"message":{"content":"x\/","k":1.0},"logprobs":{"content":[]}}"#,
      #"{"index":0,"logprobs":{"content":[]},"message":{"role":"assistant","content":"x\/","k":1.0},"finish_reason":"stop"}"#
    ),
    (
      choice(
        #"{"role":"assistant","tool_calls":[{"id":"b","function":{"name":"g","arguments":{"x": 1.0}},"k":2},{"id":"c","type":"function","function":{"name":"h"}}]}"#,
        finish: #""tool_calls""#),
      #"{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"b","type":"function","function":{"name":"g","arguments":"{\"x\":1.0}"},"k":2},{"id":"c","type":"function","function":{"name":"h","arguments":"{}"}}]},"finish_reason":"tool_calls"}"#
    ),
  ])
  func `a choice that would mislead is mended, and nothing else in it`(choice: String, expected: String)
    throws
  {
    #expect(try mended(choice) == expected)
  }

  @Test func `a call without an identifier gets one`() throws {
    let text = try mended(
      choice(
        #"{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}"#))
    #expect(text.contains(#""tool_calls":[{"id":"call_"#))
  }

  @Test func `who asked with functions gets a function_call`() throws {
    let text = try mended(
      choice(#"{"role":"assistant","content":null,"tool_calls":[\#(Self.call)]}"#), CallForm(isOldForm: true))
    #expect(
      text
        == #"{"index":0,"message":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"q\":1.0}"}},"finish_reason":"function_call"}"#
    )
  }

  @Test func `who asked with tools gets tool_calls, even of a router that knows function_call only`() throws {
    let text = try mended(
      choice(
        #"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}"#,
        finish: #""function_call""#))
    #expect(!text.contains("function_call"))
    #expect(text.contains(#""type":"function","function":{"name":"f","arguments":"{}"}}]"#))
    #expect(text.hasSuffix(#""finish_reason":"tool_calls"}"#))
  }

  @Test(arguments: [
    (#"{\"input\":\"a\\n\\\"b\\\"\"}"#, #"a\n\"b\""#), (#"just text"#, "just text"),
    (#"{\"other\":1}"#, #"{\"other\":1}"#), (#"{\"input\":7}"#, #"{\"input\":7}"#),
  ])
  func `a tool that takes text gets its text`(arguments: String, input: String) throws {
    let call = #"{"id":"a","type":"function","function":{"name":"patch","arguments":"\#(arguments)"}}"#
    let text = try mended(
      choice(#"{"role":"assistant","content":null,"tool_calls":[\#(call),\#(Self.call)]}"#),
      CallForm(customNames: ["patch"]))
    #expect(
      text.contains(
        #""tool_calls":[{"id":"a","type":"custom","custom":{"name":"patch","input":"\#(input)"}},\#(Self.call)]"#
      ))
  }

  @Test func `who wants one call at a time gets the first`() throws {
    let second = #"{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}"#
    let both = choice(
      #"{"role":"assistant","content":null,"tool_calls":[\#(Self.call),\#(second)]}"#,
      finish: #""tool_calls""#)
    #expect(try mended(both) == both)
    let first = try mended(both, CallForm(keepsFirstOnly: true))
    #expect(first.contains(#""tool_calls":[\#(Self.call)]"#))
  }

  @Test func `members that client libraries need are added where the router left them out`() throws {
    let text = try encoded(try answer(#"{"choices":[{"message":{"content":"x"}}],"id":null}"#))
    let members = try parsed(text)
    #expect((members["id"] as? String)?.hasPrefix("chatcmpl-") == true)
    #expect(members["object"] as? String == "chat.completion")
    #expect(members["created"] as? Int == 1_700_000_000)
    #expect(members["model"] as? String == "asked/for")
    #expect(members["usage"] == nil)
    let choices = try #require(members["choices"] as? [[String: Any]])
    #expect(choices[0]["index"] as? Int == 0)
    #expect((choices[0]["message"] as? [String: Any])?["role"] as? String == "assistant")
  }

  @Test(arguments: [
    (
      #"{"prompt_tokens":1,"completion_tokens":2,"x":1.0}"#,
      #"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"x":1.0}"#
    ),
    (
      #"{"prompt_tokens":1,"total_tokens":9,"completion_tokens":null}"#,
      #"{"prompt_tokens":1,"completion_tokens":0,"total_tokens":9}"#
    ),
    (
      #"{"total_tokens": 3, "prompt_tokens":1,"completion_tokens":2}"#,
      #"{"total_tokens": 3, "prompt_tokens":1,"completion_tokens":2}"#
    ),
    ("{}", "{}"), ("null", "null"),
  ])
  func `a usage has three numbers or says nothing`(usage: String, expected: String) throws {
    let text = try encoded(try answer(#"{"choices":[{"message":{}}],"usage":\#(usage)}"#))
    #expect(text.contains(#""usage":\#(expected)"#))
  }

  @Test func `choices of one number are numbered by their order`() throws {
    let same = choice(#"{"role":"assistant","content":"x"}"#, index: 0)
    let members = try parsed(try encoded(try completion("\(same),\(same)")))
    #expect((members["choices"] as? [[String: Any]])?.map { $0["index"] as? Int } == [0, 1])
  }
}
