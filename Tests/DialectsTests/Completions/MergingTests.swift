import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct MergingTests {
  @Test func `a single answer is returned as it is`() throws {
    let text = #"{"choices":[{"index":5,"message":{"content":"a"}}],"x":1.0}"#
    let merged = try ChatAnswer.merging([try answer(text)])
    #expect(merged.document.bytes == Array(text.utf8))
  }

  @Test func `choices are numbered over all answers and usage is summed`() throws {
    let first = try answer(
      #"{"id":"1","model":"ran","choices":[{"message":{"content":"a"},"index":0,"x":[1.0]},{"message":{"content":"b"}}],"#
        + #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}"#
    )
    let second = try answer(
      #"{"id":"2","choices":[{"index":0,"message":{"content":"c"},"finish_reason":"length"}],"#
        + #""usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}}"#)
    let merged = try ChatAnswer.merging([first, second])
    #expect(merged.choices.map(\.index) == [0, 1, 2])
    #expect(merged.choices.map { $0.content.map { String(decoding: $0, as: UTF8.self) } } == ["a", "b", "c"])
    #expect(merged.choices[2].finishReason == "length")
    #expect(merged.object["id"]?.string == "1")
    #expect(TokenUsage(merged).prompt == 11)
    #expect(TokenUsage(merged).completion == 22)
    #expect(TokenUsage(merged).total == 33)
    #expect(TokenUsage(merged).cached == 4)
    #expect(String(decoding: merged.document.bytes, as: UTF8.self).contains(#""x":[1.0]"#))
  }

  @Test func `an answer's own numbers hold, whatever order its choices came in`() throws {
    func turned(_ text: String) throws -> ChatAnswer {
      try completion(
        choice(#"{"content":"\#(text)1"}"#, index: 1) + "," + choice(#"{"content":"\#(text)0"}"#, index: 0))
    }
    let merged = try ChatAnswer.merging([try turned("a"), try turned("b")])
    #expect(merged.choices.map(\.index) == [1, 0, 3, 2])
    let texts = merged.choices.map { $0.content.map { String(decoding: $0, as: UTF8.self) } }
    #expect(texts == ["a1", "a0", "b1", "b0"])
  }

  @Test func `without any usage there is none, and counts that do not fit do not trap`() throws {
    let bare = try answer(#"{"choices":[{"message":{}}]}"#)
    #expect(try ChatAnswer.merging([bare, bare]).object["usage"] == nil)
    let huge = try answer(
      #"{"choices":[{"message":{}}],"usage":{"prompt_tokens":\#(Int.max),"completion_tokens":\#(Int.max)}}"#)
    #expect(TokenUsage(try ChatAnswer.merging([huge, huge])).prompt == Int.max)
  }

  @Test func `more choices than anybody can ask for are a 502`() throws {
    let many = try answer(
      #"{"choices":[\#(Array(repeating: #"{"message":{}}"#, count: 100).joined(separator: ","))]}"#)
    let fault = #expect(throws: APIFault.self) { try ChatAnswer.merging([many, many]) }
    #expect(fault?.code == "upstream_answer")
  }
}

@Suite struct FillInTheMiddleTests {
  @Test(arguments: [
    ("x = 1", "x = 1"), ("", ""), ("```", "```"), ("``````", "``````"), ("```\nx\n```", "x"),
    ("```py\n  x\n\n  y\n```\n", "  x\n\n  y"), ("```\n\nx\n\n```  \n\n", "\nx\n"), ("```\n```", ""),
    ("```\nx```", "```\nx```"), ("x\n```\ny\n```", "x\n```\ny\n```"), ("```\nx\n", "```\nx\n"),
    ("```\na\\n```", "```\na\\n```"), ("```a\\nb\nx\\\n```", "x\\"), ("see ```x```", "see ```x```"),
  ])
  func `a fence goes only when it is around everything`(answer: String, text: String) throws {
    let encoded = try JSONEncoder().encode(answer)
    let rest = FillInTheMiddle.withoutFence(Array(encoded)[1..<encoded.count - 1])
    let decoded = try JSONDecoder().decode(String.self, from: Data([0x22] + rest + [0x22]))
    #expect(decoded == text)
  }
}
