import Foundation
import Testing

@testable import Dialects

@Suite struct PromptChoicesTests {
  private func answers(_ counts: [Int]) throws -> ChatAnswer {
    try ChatAnswer.merging(
      counts.enumerated().map { prompt, count in
        try completion(
          (0..<count).map { choice(#"{"content":"\#(prompt).\#($0)"}"#, index: $0) }.joined(separator: ","))
      })
  }

  private func encoder(each count: Int, echoes: [String] = []) -> CompletionsEncoder {
    CompletionsEncoder(
      model: "m", includesUsage: false, topLogprobs: nil, echoes: echoes.map { Array($0.utf8) },
      choicesEach: count, isFilling: false)
  }

  private func texts(_ answer: ChatAnswer, _ encoder: CompletionsEncoder) throws -> [Int: String] {
    let body = try #require(
      try JSONSerialization.jsonObject(with: Data(try encoder.encode(answer, at: .fixed))) as? [String: Any])
    var texts: [Int: String] = [:]
    for choice in body["choices"] as? [[String: Any]] ?? [] {
      texts[try #require(choice["index"] as? Int)] = choice["text"] as? String
    }
    return texts
  }

  @Test func `choice j of prompt i has the number i times n plus j`() throws {
    let merged = try answers([2, 2, 2])
    #expect(merged.counts == [2, 2, 2])
    let expected = [0: "0.0", 1: "0.1", 2: "1.0", 3: "1.1", 4: "2.0", 5: "2.1"]
    #expect(try texts(merged, encoder(each: 2)) == expected)
    #expect(
      try texts(merged, encoder(each: 2, echoes: ["a", "b", "c"]))
        == expected.mapValues { "\(["0": "a", "1": "b", "2": "c"][$0.prefix(1)] ?? "")\($0)" })
  }

  @Test(arguments: [[1, 1], [2, 1], [1, 3], [3, 1], [3, 3], [2, 2, 1]])
  func `where a prompt of several got another number of choices than asked for, nothing is answered`(
    counts: [Int]
  ) async throws {
    let merged = try answers(counts)
    for echoes in [[], counts.map { "\($0)" }] {
      let encoder = encoder(each: 2, echoes: echoes)
      let fault = #expect(throws: APIFault.self) { try encoder.encode(merged, at: .fixed) }
      #expect(fault?.status == 502)
      #expect(fault?.code == "upstream_answer")
      #expect(fault?.message.contains("where 2 were asked for") == true)
      var stream = encoder.stream(at: 9)
      #expect(stream.refusal(of: merged) == fault)
      let written = await stream.written(merged)
      #expect(written.hasPrefix(#"data: {"error""#) && !written.contains("[DONE]"))
    }
  }

  @Test(arguments: [1, 3]) func `with a single prompt any number will do`(count: Int) throws {
    #expect(try texts(answers([count]), encoder(each: 2)).count == count)
    #expect(
      try texts(answers([count]), encoder(each: 2, echoes: ["> "])).values.allSatisfy {
        $0.hasPrefix("> ")
      })
  }

  @Test func `the number that was asked for is read from the request`() throws {
    let body = #"{"model":"m","prompt":["a","b"],"n":3}"#
    let request = try OpenAICompletions().decode(Array(body.utf8), under: RequestPolicy())
    #expect((request.encoder as? CompletionsEncoder)?.choicesEach == 3)
  }

  @Test func `a tool call in place of text is known before the stream begins`() throws {
    let answer = try completion(
      choice(#"{"content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}"#))
    #expect(encoder(each: 1).stream(at: 9).refusal(of: answer)?.status == 502)
    #expect(encoder(each: 1).stream(at: 9).refusal(of: try answers([1])) == nil)
  }

  @Test func `dialects that have words for every answer refuse none`() throws {
    let chat = OpenAIChatEncoder(model: "m", isAlias: false, includesUsage: false)
    #expect(chat.stream(at: 9).refusal(of: try answers([1])) == nil)
  }
}
