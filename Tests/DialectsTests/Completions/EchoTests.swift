import Foundation
import Testing

@testable import Dialects

@Suite struct EchoTests {
  private func decode(_ prompt: String, _ members: String) throws(APIFault) -> DecodedRequest {
    try OpenAICompletions().decode(
      Array(#"{"model":"m","prompt":\#(prompt),\#(members)}"#.utf8), under: RequestPolicy())
  }

  @Test func `echoes that would make a small request a huge answer are refused before anything is asked`()
    throws
  {
    let text = "\"" + String(repeating: "a", count: 1 << 19) + "\""
    for (prompt, count) in [
      (text, 65), ("[\(text)]", 128), ("[\"b\",\(text)]", 64), ("[\(text),\(text)]", 33),
    ] {
      let fault = #expect(throws: APIFault.self) { try decode(prompt, #""echo":true,"n":\#(count)"#) }
      #expect(fault?.status == 400)
      #expect(fault?.parameter == "echo")
    }
    #expect(throws: Never.self) { try decode(text, #""echo":true,"n":64"#) }
    #expect(throws: Never.self) { try decode(text, #""n":65"#) }
  }

  private func encoder(echo byteCount: Int, prompts: Int = 1, each count: Int) -> CompletionsEncoder {
    CompletionsEncoder(
      model: "m", includesUsage: false, topLogprobs: nil,
      echoes: Array(repeating: Array(repeating: UInt8(ascii: "e"), count: byteCount), count: prompts),
      choicesEach: count, isFilling: false)
  }

  private func choices(_ count: Int) throws -> ChatAnswer {
    try completion((0..<count).map { choice(#"{"content":"a"}"#, index: $0) }.joined(separator: ","))
  }

  @Test func `a router that gives more choices than asked for makes no huge answer either`() throws {
    let encoder = encoder(echo: 2 << 20, each: 1)
    let body = try encoder.encode(try choices(16), at: .fixed)
    #expect(body.count > 32 << 20 && body.count < 33 << 20)
    let fault = #expect(throws: APIFault.self) { try encoder.encode(try choices(17), at: .fixed) }
    #expect(fault?.status == 502)
    #expect(fault?.code == "upstream_answer")
    #expect(encoder.stream(at: 9).refusal(of: try choices(17)) == fault)
    #expect(encoder.stream(at: 9).refusal(of: try choices(16)) == nil)
  }

  @Test func `an echo keeps its escapes, and separators of lines in it are escaped`() throws {
    let encoder = CompletionsEncoder(
      model: "m", includesUsage: false, topLogprobs: nil, echoes: [Array("\\u00e9\u{2028}\\n".utf8)],
      choicesEach: 1, isFilling: false)
    let body = try encoder.encode(try choices(1), at: .fixed)
    #expect(String(decoding: body, as: UTF8.self).contains(#""text":"\u00e9\u2028\na""#))
  }
}
