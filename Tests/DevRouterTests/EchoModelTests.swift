import Foundation
import JSONText
import Testing

@testable import DevRouter

@Suite struct EchoModelTests {
  private func answer(_ request: String, metadata: [(String, String)] = []) throws -> [String: Any] {
    let object = try #require(try JSONDocument(parsing: Array(request.utf8)).root.object())
    let bytes = EchoModel().answer(object, at: 7, metadata: metadata)
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func messages(_ answer: [String: Any]) throws -> [[String: Any]] {
    let choices = try #require(answer["choices"] as? [[String: Any]])
    return try choices.map { try #require($0["message"] as? [String: Any]) }
  }

  private func request(_ content: String, _ more: String = "", model: String = "echo") -> String {
    #"{"model":"\#(model)","messages":[{"role":"system","content":"not this"},{"role":"user","content":\#(content)}]\#(more)}"#
  }

  @Test func `it answers with the last message, in a whole completion`() throws {
    let answer = try answer(request(#""what was asked""#), metadata: [("payload_id", "x"), ("a", "b")])
    #expect(answer["object"] as? String == "chat.completion")
    #expect(answer["created"] as? Int == 7)
    #expect(answer["model"] as? String == "echo")
    #expect((answer["id"] as? String)?.hasPrefix("chatcmpl-") == true)
    #expect(answer["_metadata"] as? [String: String] == ["payload_id": "x", "a": "b"])
    #expect(
      answer["usage"] as? [String: Int] == [
        "prompt_tokens": 4, "completion_tokens": 4, "total_tokens": 8,
      ])
    let message = try #require(try messages(answer).first)
    #expect(message["role"] as? String == "assistant")
    #expect(message["content"] as? String == "what was asked")
    #expect(message["tool_calls"] == nil && message["reasoning_content"] == nil)
    let choice = try #require((answer["choices"] as? [[String: Any]])?.first)
    #expect(choice["finish_reason"] as? String == "stop" && choice["index"] as? Int == 0)
  }

  @Test(arguments: [
    "Grüße 東京 👩‍👩‍👧‍👦 🇩🇪 e\u{301} नमस्ते", "quotes \" and \\ and / and \u{8}\u{C}\n\r\t\u{0}", "\u{2028}\u{85}",
    "x\u{FEFF}", "",
    String(repeating: "long ", count: 50_000),
  ])
  func `any text comes back as it was`(text: String) throws {
    let encoded = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    let message = try #require(try messages(try answer(request(encoded))).first)
    // By their code points: equality of strings would take two spellings of a letter for the same.
    #expect((message["content"] as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
  }

  @Test func `parts are joined, and what is no text is left out`() throws {
    let parts =
      #"[{"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"data:"}},{"type":"text","text":"two"}]"#
    #expect(try messages(answer(request(parts))).first?["content"] as? String == "one\ntwo")
    for nothing in ["null", "[]", "7", "[7,{}]"] {
      #expect(try messages(answer(request(nothing))).first?["content"] as? String == "")
    }
  }

  @Test(arguments: [(1, 1), (2, 2), (128, 128), (500, 128), (0, 1), (-3, 1)])
  func `n choices are n choices, within bounds`(asked: Int, given: Int) throws {
    let choices = try #require(
      try answer(request(#""x""#, #","n":\#(asked)"#))["choices"] as? [[String: Any]])
    #expect(choices.map { $0["index"] as? Int } == Array(0..<given))
  }

  @Test func `the thinking model says how it thought`() throws {
    let message = try #require(
      try messages(answer(request(#""four""#, model: "echo-thinking"))).first)
    #expect(message["reasoning_content"] as? String == "The last message has 4 characters.")
    #expect(message["content"] as? String == "four")
  }

  // MARK: Tools

  private let tools = #","tools":[{"type":"function","function":{"name":"weather"}}]"#

  @Test func `with tools a line that says call is a call, with its arguments as written`() throws {
    let prompt = #""call weather {\"city\": \"Köln\", \"days\": 1.0}\nhello\ncall clock""#
    let answer = try answer(request(prompt, tools))
    let choice = try #require((answer["choices"] as? [[String: Any]])?.first)
    #expect(choice["finish_reason"] as? String == "tool_calls")
    let message = try #require(choice["message"] as? [String: Any])
    #expect(message["content"] is NSNull)
    let calls = try #require(message["tool_calls"] as? [[String: Any]])
    #expect(calls.map { $0["id"] as? String } == ["call_dev_0", "call_dev_1"])
    #expect(calls.allSatisfy { $0["type"] as? String == "function" })
    let functions = try calls.map { try #require($0["function"] as? [String: String]) }
    #expect(
      functions == [
        ["name": "weather", "arguments": #"{"city": "Köln", "days": 1.0}"#],
        ["name": "clock", "arguments": "{}"],
      ])
  }

  @Test(arguments: ["", #","tools":[]"#, #","tools":null"#])
  func `without tools it is only said`(more: String) throws {
    let message = try #require(try messages(answer(request(#""call weather {}""#, more))).first)
    #expect(message["content"] as? String == "call weather {}")
    #expect(message["tool_calls"] == nil)
  }

  @Test(arguments: ["recall weather", "call", "please call weather", "Call weather"])
  func `with tools other lines are not calls`(text: String) throws {
    let message = try #require(try messages(answer(request("\"\(text)\"", tools))).first)
    #expect(message["content"] as? String == text)
  }
}
