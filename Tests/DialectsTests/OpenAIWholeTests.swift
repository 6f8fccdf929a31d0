import JSONText
import Testing

@testable import Dialects

@Suite struct OpenAIWholeTests {
  private func encoder(model: String = "m", isAlias: Bool = false) -> OpenAIChatEncoder {
    OpenAIChatEncoder(model: model, isAlias: isAlias, includesUsage: false)
  }

  private func encoded(_ text: String, _ encoder: OpenAIChatEncoder) throws -> String {
    String(decoding: try encoder.encode(try answer(text), at: .fixed), as: UTF8.self)
  }

  private static let identity = #""id":"1", "object":"chat.completion","created" :5,"model":"m""#

  @Test func `an answer passes byte for byte but for _metadata`() throws {
    let choices =
      #"[ {"index":0,"message":{"role":"assistant","content":"a\/b"},"x":1.0, "finish_reason":"stop"}]"#
    let text = #"{\#(Self.identity),"choices": \#(choices),"_metadata":{"a":{}},"usage":{} }"#
    #expect(try encoded(text, encoder()) == #"{\#(Self.identity),"choices": \#(choices),"usage":{} }"#)
  }

  @Test func `a caller who used an alias sees the alias`() throws {
    let text = try encoded(
      #"{"id":"1","choices":[{"message":{}}],"model":"real"}"#, encoder(model: "alias", isAlias: true))
    #expect(try parsed(text)["model"] as? String == "alias")
    #expect(text.hasPrefix(#"{"id":"1","choices":"#))
  }

  @Test(arguments: [
    "{}", #"{"choices":[]}"#, #"{"choices":{}}"#, #"{"choices":[1]}"#, #"{"choices":[{}]}"#,
    #"{"choices":[{"message":"text"}]}"#, #"{"choices":[{"message":{"a":1,"a":2}}]}"#,
  ])
  func `an authentic answer without choices is a 502`(text: String) {
    let fault = #expect(throws: APIFault.self) { try answer(text) }
    #expect(fault?.status == 502)
    #expect(fault?.code == "upstream_answer")
  }

  @Test(arguments: [#"{"error":{"message":"out of memory"}}"#, #"{"error":"out of memory"}"#])
  func `a sealed error is told as the router's words`(text: String) {
    let fault = #expect(throws: APIFault.self) { try answer(text) }
    #expect(fault?.code == "upstream_error")
    #expect(fault?.message.contains("out of memory") == true)
  }

  @Test func `foreign text is one line, bounded and without control characters`() {
    let text = ForeignText("a\u{1B}[31m\nb\u{202E}" + String(repeating: "x", count: 1000)).description
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    #expect(!text.contains("\u{202E}"))
    #expect(text.count <= ForeignText.characterLimit + 3)
    #expect(text.hasSuffix("…\""))
  }

  @Test func `errors have all four members`() {
    let body = OpenAIError.body(
      of: APIFault(status: 400, type: "t", code: "c", message: "m \"quoted\"", parameter: "p"))
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"{"error":{"message":"m \"quoted\"","type":"t","param":"p","code":"c"}}"#)
    let plain = OpenAIError.body(of: APIFault(status: 400, type: "t", code: "c", message: "m"))
    #expect(
      String(decoding: plain, as: UTF8.self)
        == #"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#)
  }

  @Test func `the router's list of models is read whatever else it says`() {
    let text =
      #"{"data":[{"id":"a/b","name":"a/b","created":5,"size":1},{"name":"c"},{"id":""},{},7,{"id":"a/b"}]}"#
    let models = Model.list(fromRouter: Array(text.utf8))
    #expect(models?.map(\.id) == ["a/b", "c"])
    #expect(models?.map(\.created) == [5, 0])
    for broken in ["", "[]", "{}", #"{"data":1}"#] {
      #expect(Model.list(fromRouter: Array(broken.utf8)) == nil)
    }
  }
}
