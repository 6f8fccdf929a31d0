import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct CompletionsAnswerTests {
  private func encoder(
    usage: Bool = false, logprobs: Int? = nil, echoes: [String] = [], each count: Int = 1,
    isFilling: Bool = false
  ) -> CompletionsEncoder {
    CompletionsEncoder(
      model: "asked/for", includesUsage: usage, topLogprobs: logprobs, echoes: echoes.map { Array($0.utf8) },
      choicesEach: count, isFilling: isFilling)
  }

  private func whole(_ answer: ChatAnswer, _ encoder: CompletionsEncoder) throws -> [String: Any] {
    let body = try encoder.encode(answer, at: .fixed)
    return try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
  }

  private func choices(_ answer: ChatAnswer, _ encoder: CompletionsEncoder) throws -> [[String: Any]] {
    try #require(try whole(answer, encoder)["choices"] as? [[String: Any]])
  }

  /// Splits a stream into events, checks what holds for every byte of it, and parses them.
  private func events(_ text: String, isWhole: Bool = true) throws -> [[String: Any]] {
    #expect(!text.contains("\r"))
    #expect(text.hasSuffix("\n\n"))
    for separator in ["\u{85}", "\u{2028}", "\u{2029}"] { #expect(!text.contains(separator)) }
    var lines = text.components(separatedBy: "\n\n").dropLast()
    #expect(lines.allSatisfy { $0.hasPrefix("data: ") && !$0.contains("\n") })
    if isWhole {
      #expect(lines.last == "data: [DONE]")
      lines = lines.dropLast()
    }
    return try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.dropFirst(6).utf8)) as? [String: Any])
    }
  }

  private func streamed(_ answer: ChatAnswer, _ encoder: CompletionsEncoder) async throws -> [[String: Any]] {
    var stream = encoder.stream(at: 9)
    #expect(stream.contentType == "text/event-stream")
    return try events(await stream.written(answer))
  }

  private func part(of event: [String: Any]) -> [String: Any]? {
    (event["choices"] as? [[String: Any]])?.first
  }

  @Test func `a whole answer is a text completion with every member that SDKs look for`() throws {
    let body = try whole(try completion(choice(#"{"content":"hi \"you\"\n"}"#)), encoder())
    #expect((body["id"] as? String)?.hasPrefix("cmpl-") == true)
    #expect(body["object"] as? String == "text_completion")
    #expect(body["created"] as? Int == 5)
    #expect(body["model"] as? String == "asked/for")
    #expect(
      body["usage"] as? [String: Int] == ["prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3])
    let only = try #require((body["choices"] as? [[String: Any]])?.first)
    #expect(only["text"] as? String == "hi \"you\"\n")
    #expect(only["index"] as? Int == 0)
    #expect(only["finish_reason"] as? String == "stop")
    #expect(only["logprobs"] is NSNull)
  }

  @Test(arguments: [
    ("\"stop\"", "stop"), ("\"length\"", "length"), ("\"content_filter\"", "content_filter"),
    ("null", "stop"),
    ("\"eos\"", "eos"),
  ])
  func `why it ended is always said`(reason: String, said: String) throws {
    let found = try choices(
      try completion(choice(#"{"content":"a"}"#, finish: reason)), encoder())
    #expect(found[0]["finish_reason"] as? String == said)
  }

  @Test func `no text is an empty text, and a refusal is text`() throws {
    let found = try choices(
      try completion(
        choice(#"{"content":null,"reasoning_content":"hm"}"#, finish: "\"length\"") + ","
          + choice(#"{"content":null,"refusal":"No."}"#, index: 1)), encoder())
    #expect(found.map { $0["text"] as? String } == ["", "No."])
  }

  @Test func `an echo stands before what was generated, for each choice of its prompt`() throws {
    let answers = try [["a", "b"], ["c", "d"]].map { texts in
      try completion(
        texts.enumerated().map { choice(#"{"content":"\#($1)"}"#, index: $0) }.joined(separator: ","))
    }
    let merged = try ChatAnswer.merging(answers)
    let found = try choices(merged, encoder(echoes: ["one ", "two\\n"], each: 2))
    #expect(found.map { $0["text"] as? String } == ["one a", "one b", "two\nc", "two\nd"])
    #expect(found.map { $0["index"] as? Int } == [0, 1, 2, 3])
    let uneven = #expect(throws: APIFault.self) {
      try choices(
        ChatAnswer.merging([answers[0], try completion(choice(#"{"content":"c"}"#))]),
        encoder(echoes: ["1", "2"], each: 2))
    }
    #expect(uneven?.status == 502)
  }

  @Test func `a tool call that nobody offered is a 502 and no empty text`() throws {
    let answer = try completion(
      choice(#"{"content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}"#))
    let fault = #expect(throws: APIFault.self) { try choices(answer, encoder()) }
    #expect(fault?.status == 502)
  }

  @Test func `probabilities come in the four lists`() throws {
    let logprobs = """
      {"content":[{"token":"H\u{E9}","logprob":-0.25,"bytes":[72],"top_logprobs":[{"token":"H\u{E9}","logprob":-0.25},
      {"token":"x","logprob":-2},{"token":"x","logprob":-3}]},{"token":"\\n","logprob":-1e-3,"top_logprobs":[]}]}
      """
    let text =
      #"{"choices":[{"message":{"content":"Hé\n"},"finish_reason":"stop","logprobs":\#(logprobs)}]}"#
    let found = try choices(try answer(text), encoder(logprobs: 3))
    let lists = try #require(found[0]["logprobs"] as? [String: Any])
    #expect(lists["tokens"] as? [String] == ["Hé", "\n"])
    #expect(lists["token_logprobs"] as? [Double] == [-0.25, -0.001])
    #expect(lists["top_logprobs"] as? [[String: Double]] == [["Hé": -0.25, "x": -2], [:]])
    #expect(lists["text_offset"] as? [Int] == [0, 2])
    let without = try choices(try answer(text), encoder(logprobs: 0))
    #expect((without[0]["logprobs"] as? [String: Any])?["top_logprobs"] is NSNull)
    let capped = try choices(try answer(text), encoder(logprobs: 1))
    #expect(
      (capped[0]["logprobs"] as? [String: Any])?["top_logprobs"] as? [[String: Double]] == [
        ["Hé": -0.25], [:],
      ])
  }

  @Test(arguments: ["null", "{}", #"{"content":null}"#, #"{"content":[7]}"#, #"{"content":[{"logprob":1}]}"#])
  func `where the answer has no probabilities the caller is told so`(logprobs: String) async throws {
    let text = #"{"choices":[{"message":{"content":"a"},"logprobs":\#(logprobs)}]}"#
    let fault = #expect(throws: APIFault.self) { try choices(try answer(text), encoder(logprobs: 1)) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == "logprobs")
    var stream = encoder(logprobs: 1).stream(at: 9)
    #expect(stream.refusal(of: try answer(text)) == fault)
    let events = try events(await stream.written(try answer(text)), isWhole: false)
    #expect(events.count == 1)
    #expect((events[0]["error"] as? [String: Any])?["param"] as? String == "logprobs")
  }

  @Test func `a code fence around all of a filled gap goes`() async throws {
    let answer = try completion(choice(#"{"content":"```swift\n  let x = 1\n```"}"#))
    #expect(try choices(answer, encoder(isFilling: true))[0]["text"] as? String == "  let x = 1")
    #expect(try choices(answer, encoder())[0]["text"] as? String == "```swift\n  let x = 1\n```")
  }

  @Test func `a stream is text in pieces, then the reason, under one identity`() async throws {
    let words = (0..<100).map { "word\($0)" }.joined(separator: " ")
    let found = try await streamed(try completion(choice(#"{"content":"\#(words)"}"#)), encoder())
    let texts = found.compactMap { part(of: $0)?["text"] as? String }
    #expect(texts.joined() == words)
    #expect(texts.count > 5)
    #expect(texts.dropLast().allSatisfy { (1...80).contains($0.count) })
    #expect(part(of: found.last ?? [:])?["finish_reason"] as? String == "stop")
    #expect(found.dropLast().allSatisfy { part(of: $0)?["finish_reason"] is NSNull })
    #expect(Set(found.compactMap { $0["id"] as? String }).count == 1)
    for event in found {
      #expect(event["object"] as? String == "text_completion")
      #expect(event["created"] as? Int == 5)
      #expect(event["model"] as? String == "asked/for")
      #expect(part(of: event)?["logprobs"] is NSNull)
      #expect(event["usage"] == nil)
    }
  }

  @Test func `several choices, an echo and characters of several code points arrive whole`() async throws {
    let content = String(repeating: "👨‍👩‍👧‍👦e\u{301} \u{2028}\u{85}𝄞", count: 40)
    let text = String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
    let answer = try completion(
      choice(#"{"content":\#(text)}"#) + "," + choice(#"{"content":"b"}"#, index: 1))
    let found = try await streamed(answer, encoder(echoes: ["> "]))
    for (index, expected) in ["> " + content, "> b"].enumerated() {
      let own = found.filter { part(of: $0)?["index"] as? Int == index }
      let pieces = own.compactMap { part(of: $0)?["text"] as? String }
      #expect(pieces.joined() == expected)
      #expect(pieces.map(\.count).reduce(0, +) == expected.count)
      #expect(own.filter { part(of: $0)?["finish_reason"] is String }.count == 1)
    }
  }

  @Test func `the usage event comes only when asked for, without choices`() async throws {
    let answer = try completion(choice(#"{"content":"hi"}"#))
    let last = try #require(try await streamed(answer, encoder(usage: true)).last)
    #expect((last["choices"] as? [Any])?.isEmpty == true)
    #expect(
      last["usage"] as? [String: Int] == ["prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3])
  }

  @Test func `a stream that was opened early keeps its identity, and a failure is no end`() async throws {
    var stream = encoder().stream(at: 9)
    #expect(stream.heartbeat().isEmpty)
    let early = try events(
      String(decoding: stream.opening() + stream.heartbeat(), as: UTF8.self), isWhole: false)
    #expect(early.map { part(of: $0)?["text"] as? String } == ["", ""])
    #expect(stream.opening().isEmpty)
    let late = try events(await stream.written(try completion(choice(#"{"content":"hi"}"#))))
    #expect(Set((early + late).compactMap { $0["id"] as? String }).count == 1)
    #expect((early + late).allSatisfy { $0["created"] as? Int == 9 })
    var broken = encoder().stream(at: 9)
    _ = broken.opening()
    let fault = APIFault(status: 502, type: "server_error", code: "upstream_integrity", message: "no")
    let end = try events(String(decoding: broken.failure(fault), as: UTF8.self), isWhole: false)
    #expect(end.count == 1)
    #expect(end[0]["choices"] == nil)
    #expect((end[0]["error"] as? [String: Any])?["code"] as? String == "upstream_integrity")
  }

  @Test func `a long answer is handed over in bounded pieces of whole events`() async throws {
    let content = String(repeating: "abcdefghij", count: 100_000)
    var stream = encoder().stream(at: 9)
    var largest = 0
    await stream.write(try completion(choice(#"{"content":"\#(content)"}"#)), at: .fixed) { piece in
      largest = max(largest, piece.count)
      #expect(piece.suffix(2) == Array("\n\n".utf8)[...])
    }
    #expect(largest < 2 * EventWriter.pieceByteCount)
  }
}
