import Foundation
import Testing

@testable import Dialects

@Suite struct AnswerShapeTests {
  private func fault(_ body: () throws -> ChatAnswer) -> APIFault? {
    do {
      _ = try body()
      return nil
    } catch { return error as? APIFault }
  }

  private func calls(_ list: String) throws -> ChatAnswer {
    try completion(choice(#"{"role":"assistant","content":null,"tool_calls":\#(list)}"#))
  }

  private func list(_ element: String, _ count: Int) -> String {
    "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
  }

  @Test func `an answer calls at most 1024 tools`() throws {
    let call = #"{"function":{"name":"f"}}"#
    #expect(try calls(list(call, 1024)).choices[0].calls.count == 1024)
    let fault = fault { try calls(list(call, 1025)) }
    #expect(fault?.status == 502)
    #expect(fault?.code == "upstream_answer")
    #expect(fault?.message.contains("1024") == true)
  }

  @Test(arguments: [
    "[1]", "[null]", #"["f"]"#, "[[]]", "[{}]", #"[{"id":"a","type":"function"}]"#, #"[{"function":"f"}]"#,
    #"[{"function":null}]"#, #"[{"function":{"name":"f"}},1]"#, #"[{"function":{"name":"f","name":"g"}}]"#,
    "{}", "7", #""f""#,
  ])
  func `calls that are none are refused`(list: String) {
    let fault = fault { try calls(list) }
    #expect(fault?.status == 502)
    #expect(fault?.code == "upstream_answer")
  }

  @Test(arguments: [
    ("null", 0), ("[]", 0), (#"[{"function":{}}]"#, 1), (#"[{"id":7,"function":{"name":"f"}}]"#, 1),
    (#"[{"id":"","type":null,"function":{"name":"f","arguments":{"a":1}}}]"#, 1),
    (#"[{"id":"a","function":{"name":"f","arguments":null}},{"function":{"name":"g","arguments":""}}]"#, 2),
  ])
  func `calls as lenient servers write them are read`(list: String, count: Int) throws {
    #expect(try calls(list).choices[0].calls.count == count)
  }

  @Test func `a call without an identifier has one and keeps it`() throws {
    let answer = try calls(#"[{"function":{"name":"f"}}]"#)
    #expect(answer.choices[0].calls[0].id == answer.choices[0].calls[0].id)
    #expect(answer.choices[0].calls[0].id.hasPrefix("call_"))
  }

  @Test(arguments: ["7", "true", "{}", #"{"text":"x"}"#])
  func `content that is neither text nor parts is refused`(content: String) {
    let fault = fault { try completion(choice(#"{"content":\#(content)}"#)) }
    #expect(fault?.status == 502)
    #expect(fault?.code == "upstream_answer")
  }

  @Test(arguments: [#""x""#, "null", "[]", #"[{"type":"text","text":"x"}]"#])
  func `content that is text, parts or nothing is taken`(content: String) throws {
    #expect(try completion(choice(#"{"content":\#(content)}"#)).choices.count == 1)
  }

  @Test(arguments: [
    ([0, 1, 2], [0, 1, 2]), ([2, 0, 1], [2, 0, 1]), ([0, 0, 1], [0, 1, 2]), ([0, 1, 3], [0, 1, 2]),
    ([1, 2, 3], [0, 1, 2]), ([-1, 0, 1], [0, 1, 2]), ([Int.max, 0, 1], [0, 1, 2]),
    ([Int.min, 1, 2], [0, 1, 2]), ([Int.max], [0]), ([7], [0]),
  ])
  func `choices are numbered by their order unless their numbers are the first ones`(
    numbers: [Int], expected: [Int]
  ) throws {
    let choices = numbers.map { choice(#"{"role":"assistant","content":"x"}"#, index: $0) }
    let answer = try completion(choices.joined(separator: ","))
    #expect(answer.choices.map(\.index) == expected)
    let encoder = OpenAIChatEncoder(model: "m", isAlias: false, includesUsage: false)
    let whole = try parsed(String(decoding: try encoder.encode(answer, at: .fixed), as: UTF8.self))
    #expect((whole["choices"] as? [[String: Any]])?.map { $0["index"] as? Int } == expected)
  }

  @Test(arguments: [
    (#"{"prompt_tokens":9223372036854775807,"completion_tokens":1}"#, Int.max),
    (#"{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807}"#, Int.max),
    (#"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":-3}"#, 3),
    (#"{"prompt_tokens":-1,"completion_tokens":-2}"#, 0), (#"{"prompt_tokens":4,"total_tokens":1e3}"#, 4),
  ])
  func `the total of the tokens is never negative`(usage: String, total: Int) throws {
    let answer = try answer(#"{"choices":[{"message":{"content":"x"}}],"usage":\#(usage)}"#)
    #expect(TokenUsage(answer).total == total)
  }

  @Test(arguments: [
    ("0", 0), ("253402300799", 253_402_300_799), ("253402300800", nil), ("-1", nil),
    ("9223372036854775807", nil), ("-9223372036854775808", nil), ("99999999999999999999", nil),
    ("1e999", nil),
  ])
  func `when an answer was made is a moment, or now`(created: String, expected: Int?) async throws {
    let answer = try answer(
      #"{"id":"i","object":"chat.completion","created":\#(created),"model":"m","choices":["#
        + choice(#"{"role":"assistant","content":"x"}"#) + "]}")
    let encoder = OpenAIChatEncoder(model: "m", isAlias: false, includesUsage: false)
    for event in try await ChunkEvent.replay(answer, encoder) {
      #expect(event.chunk["created"] as? Int == expected ?? 9)
    }
    let whole = try parsed(String(decoding: try encoder.encode(answer, at: .fixed), as: UTF8.self))
    #expect(whole["created"] as? Int == expected ?? 1_700_000_000)
    let head = CompletionHead(model: "m", created: 9, adopting: answer.object)
    let text = String(decoding: head.chunkText, as: UTF8.self)
    #expect(text.contains(#""created":\#(expected ?? 9),"#))
  }
}
