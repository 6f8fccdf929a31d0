import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaConversationTests {
  private static let pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

  private func call(_ name: String, _ arguments: String = "{}", id: String? = nil) -> String {
    let identifier = id.map { #""id":"\#($0)","# } ?? ""
    return #"{\#(identifier)"function":{"name":"\#(name)","arguments":\#(arguments)}}"#
  }

  private func calling(_ calls: String...) -> String {
    #"{"role":"assistant","tool_calls":[\#(calls.joined(separator: ","))]}"#
  }

  private func result(_ content: String, _ more: String = "") -> String {
    #"{"role":"tool","content":"\#(content)"\#(more.isEmpty ? "" : "," + more)}"#
  }

  /// For each result the name of the tool that was called.
  private func pairs(_ messages: String...) throws -> [String: String] {
    let messages = try OllamaTranscript(messages: messages.joined(separator: ",")).messages()
    var names: [String: String] = [:]
    for call in try messages.flatMap({ try $0["tool_calls"].map(ollamaList) ?? [] }) {
      let id = try #require(call["id"] as? String)
      #expect(names[id] == nil)
      names[id] = try #require((call["function"] as? [String: Any])?["name"] as? String)
    }
    let results = messages.filter { $0["role"] as? String == "tool" }
    return try Dictionary(
      uniqueKeysWithValues: results.map { result in
        let id = try #require(result["tool_call_id"] as? String)
        return (try #require(result["content"] as? String), try #require(names[id]))
      })
  }

  @Test func `arguments become a string that keeps their digits and their order`() throws {
    let messages = try OllamaTranscript(
      messages: calling(call("f", #"{"z": 1.0, "a": 12345678901234567890, "t":"\u2028\"é"}"#))
    ).messages()
    let calls = try ollamaList(messages[0]["tool_calls"])
    let function = try #require(calls[0]["function"] as? [String: Any])
    #expect(calls[0]["type"] as? String == "function")
    #expect(
      function["arguments"] as? String == #"{"z":1.0,"a":12345678901234567890,"t":"\u2028\"é"}"#)
  }

  @Test func `missing arguments are none, and a string is taken for what it says`() throws {
    let messages = try OllamaTranscript(
      messages: calling(#"{"function":{"name":"f"}}"#, call("f", #""{\"a\":1}""#))
    ).messages()
    let functions = try ollamaList(messages[0]["tool_calls"]).map { $0["function"] as? [String: String] }
    #expect(functions.map { $0?["arguments"] } == ["{}", #"{"a":1}"#])
  }

  @Test func `results without a name are paired by order`() throws {
    let calls = calling(call("a"), call("b"))
    #expect(try pairs(calls, result("1"), result("2")) == ["1": "a", "2": "b"])
  }

  @Test func `results with a name are paired by it, and equal names by order`() throws {
    let calls = calling(call("a"), call("b"), call("a"))
    #expect(
      try pairs(
        calls, result("1", #""tool_name":"b""#), result("2", #""tool_name":"a""#), result("3"))
        == ["1": "b", "2": "a", "3": "a"])
  }

  @Test func `a call that was answered by its name is passed over by order`() throws {
    let calls = calling(call("a"), call("b"), call("c"))
    #expect(
      try pairs(calls, result("1", #""tool_name":"a""#), result("2"), result("3"))
        == ["1": "a", "2": "b", "3": "c"])
  }

  @Test func `results with an identifier are paired by it, where the calls have theirs`() throws {
    let calls = calling(call("a", id: "x"), call("b", id: "y"))
    #expect(
      try pairs(calls, result("1", #""tool_call_id":"y""#), result("2", #""tool_call_id":"x""#))
        == ["1": "b", "2": "a"])
    #expect(try pairs(calling(call("a")), result("1", #""tool_call_id":"lost""#)) == ["1": "a"])
  }

  @Test func `calls of one answer that come as several messages are answered together`() throws {
    #expect(
      try pairs(
        calling(call("a")), calling(call("b")), #"{"role":"assistant","content":"so"}"#, result("1"),
        result("2")) == ["1": "a", "2": "b"])
  }

  @Test func `calls that were never answered are forgotten by the next turn`() throws {
    #expect(
      try pairs(
        calling(call("lost"), call("a")), result("1"), #"{"role":"user","content":"go on"}"#,
        calling(call("b")), result("2")) == ["1": "lost", "2": "b"])
  }

  @Test func `identifiers are the same whenever the same conversation comes`() throws {
    let messages = calling(call("a"), call("b")) + "," + result("1") + "," + result("2")
    let first = try OllamaTranscript(messages: messages).request.sealed
    #expect(first.contains(#""id":"call00001""#))
    #expect(first.contains(#""tool_call_id":"call00002""#))
    #expect(try OllamaTranscript(messages: messages).request.sealed == first)
  }

  @Test
  func `a thousand results find their calls, the named ones from the end and the others from the front`()
    throws
  {
    let count = 1000
    let calls = (0..<count).map { call("f\($0)") }.joined(separator: ",")
    let results = (0..<count).map {
      $0 % 2 == 0 ? result("r\($0)", #""tool_name":"f\#(count - 1 - $0 / 2)""#) : result("r\($0)")
    }
    let text = ([calling(calls)] + results).joined(separator: ",")
    let expected = (0..<count).map { ("r\($0)", $0 % 2 == 0 ? "f\(count - 1 - $0 / 2)" : "f\($0 / 2)") }
    #expect(try pairs(text) == Dictionary(uniqueKeysWithValues: expected))
  }

  @Test func `images become parts, whatever the caller wraps them in`() throws {
    let slashed = Self.pixel.replacingOccurrences(of: "/", with: "\\/")
    let wrapped = Self.pixel.prefix(60) + "\\r\\n" + Self.pixel.dropFirst(60)
    let images = [
      Self.pixel, "data:image/png;base64," + Self.pixel, slashed, "data:image\\/png;base64," + slashed,
      String(wrapped), "data:text/plain;base64," + Self.pixel,
    ]
    let list = images.map { #""\#($0)""# }.joined(separator: ",")
    let messages = try OllamaTranscript(
      messages: #"{"role":"user","content":"look","images":[\#(list)]}"#
    ).messages()
    let parts = try ollamaList(messages[0]["content"])
    #expect(parts[0]["text"] as? String == "look")
    let addresses = parts.dropFirst().map { ($0["image_url"] as? [String: Any])?["url"] as? String }
    #expect(addresses == Array(repeating: "data:image/png;base64," + Self.pixel, count: images.count))
  }

  @Test func `an image needs no text, and no images are none`() throws {
    let messages = try OllamaTranscript(
      messages: #"""
        {"role":"user","images":["\#(Self.pixel)"]},{"role":"user","content":"x","images":[]},
        {"role":"assistant","content":"y","images":[],"tool_calls":[]}
        """#
    ).messages()
    #expect(try ollamaList(messages[0]["content"]).map { $0["type"] as? String } == ["image_url"])
    #expect(messages[1]["content"] as? String == "x")
    #expect(messages[2]["tool_calls"] == nil)
  }
}
