import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaEmbeddingTests {
  private func embed(_ body: String) throws(APIFault) -> OllamaEmbedding {
    try OllamaEmbedding(Array(body.utf8), route: .embed)
  }

  private func text(_ bytes: [UInt8]?) throws -> String {
    String(decoding: try #require(bytes), as: UTF8.self)
  }

  @Test func `inputs go to the embedder as they are written`() throws {
    let request = try embed(
      #"""
      {"model":"m:latest","input":["a\u0020","\ud83d"],"dimensions":64,"truncate":true,"options":{"num_ctx":1},
      "keep_alive":"5m"}
      """#)
    #expect(request.model == "m:latest")
    #expect(
      try text(request.request(model: "local"))
        == #"{"model":"local","input":["a\u0020","\ud83d"],"encoding_format":"float","dimensions":64}"#)
    #expect(
      try text(embed(#"{"model":"m","input":"x","dimensions":0}"#).request(model: "l"))
        == #"{"model":"l","input":"x","encoding_format":"float"}"#)
  }

  @Test func `vectors come back in the inputs' order and with their digits`() throws {
    let answer = try embed(#"{"model":"m","input":["a","b"]}"#).answer(
      Array(
        #"""
        {"object":"list","data":[{"index":1,"embedding":[ 0.10, 1e-7 ]},{"index":0,"embedding":[1,-0.0]}],
        "model":"nomic","usage":{"prompt_tokens":4}}
        """#.utf8), after: .milliseconds(2))
    #expect(
      try text(answer)
        == #"{"model":"nomic","embeddings":[[1,-0.0],[0.10,1e-7]],"total_duration":2000000,"load_duration":0,"#
        + #""prompt_eval_count":4}"#)
  }

  @Test func `the older route has one prompt and one vector`() throws {
    let request = try OllamaEmbedding(Array(#"{"model":"m","prompt":"x"}"#.utf8), route: .embeddings)
    #expect(
      try text(request.request(model: "l")) == #"{"model":"l","input":"x","encoding_format":"float"}"#)
    let answer = try request.answer(Array(#"{"data":[{"embedding":[0.50]}]}"#.utf8), after: .zero)
    #expect(try text(answer) == #"{"embedding":[0.50]}"#)
  }

  @Test func `nothing to embed asks nobody`() throws {
    for body in [#"{"model":"m"}"#, #"{"model":"m","input":""}"#, #"{"model":"m","input":[]}"#] {
      let request = try embed(body)
      #expect(request.request(model: "l") == nil)
      #expect(try ollamaObject(text(request.emptyAnswer))["embeddings"] as? [[Double]] == [])
    }
    let old = try OllamaEmbedding(Array(#"{"model":"m","prompt":""}"#.utf8), route: .embeddings)
    #expect(old.request(model: "l") == nil)
    #expect(try text(old.emptyAnswer) == #"{"embedding":[]}"#)
  }

  @Test(arguments: [
    (#"{"input":"x"}"#, "model"), (#"{"model":"m","input":7}"#, "input"),
    (#"{"model":"m","input":["a",7]}"#, "input[1]"), (#"{"model":"m","input":[[1,2]]}"#, "input[0]"),
    (#"{"model":"m","input":"x","dimensions":-1}"#, "dimensions"),
    (#"{"model":"m","input":"x","options":7}"#, "options"), ("[]", nil),
  ])
  func `a request that is wrong is named`(body: String, place: String?) {
    let fault = #expect(throws: APIFault.self) { try embed(body) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test func `the older route takes no list`() {
    let body = Array(#"{"model":"m","prompt":["x"]}"#.utf8)
    let fault = #expect(throws: APIFault.self) { try OllamaEmbedding(body, route: .embeddings) }
    #expect(fault?.parameter == "prompt")
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"data":{}}"#, #"{"data":[]}"#, #"{"data":[{"embedding":"AAAA"}]}"#,
    #"{"data":[{"embedding":[1]}]}"#, #"{"data":[{"embedding":[1]},{"embedding":["x"]}]}"#,
    #"{"data":[{"embedding":[1],"index":0},{"embedding":[1],"index":0}]}"#,
    #"{"data":[{"embedding":[1],"index":0},{"embedding":[1],"index":2}]}"#,
    #"{"data":[{"embedding":[1],"index":-1},{"embedding":[1],"index":1}]}"#,
    #"{"data":[{"embedding":[1]},{"embedding":[2]},{"embedding":[3]}]}"#, #"{"error":{"message":"no"}}"#,
  ])
  func `an embedder's answer that is not what was asked for is its fault`(answer: String) throws {
    let request = try embed(#"{"model":"m","input":["a","b"]}"#)
    let fault = #expect(throws: APIFault.self) { try request.answer(Array(answer.utf8), after: .zero) }
    #expect(fault?.status == 502)
    #expect(fault?.code == "embedder_answer")
  }
}
