import Foundation
import Testing

@testable import Dialects

@Suite struct OpenAIEmbeddingsRequestTests {
  private func decode(
    _ body: String, _ policy: RequestPolicy = RequestPolicy()
  ) throws(APIFault) -> EmbeddingRequest {
    try OpenAIEmbeddings.decode(Array(body.utf8), under: policy)
  }

  @Test func `the embedder gets what the caller wrote, byte for byte`() throws {
    let body = """
       {"model" : "nomic\\u002Dembed", "input":["a\\/b", "\\ud83d é"], "dimensions": 256,
      "encoding_format":"base64","truncate":true,"x":{"z":1.0e2}}\n
      """
    let request = try decode(body, RequestPolicy(aliases: ["nomic-embed": "router-model"]))
    #expect(String(decoding: request.body, as: UTF8.self) == body)
    #expect(request.model == "nomic-embed" && request.inputCount == 2 && request.wantsBase64)
  }

  @Test(arguments: [
    (#""one text""#, 1), (#""""#, 1), (#"["a"]"#, 1), (#"["a","b",""]"#, 3), ("[1,2,3]", 1), ("[0]", 1),
    ("[[1],[2,3]]", 2),
  ])
  func `inputs are counted whatever their form`(input: String, count: Int) throws {
    #expect(try decode(#"{"model":"m","input":\#(input)}"#).inputCount == count)
  }

  @Test(arguments: [
    (RequestPolicy.StripIdentifiers.none, ["model", "input", "user", "metadata"]),
    (.account, ["model", "input", "user"]), (.all, ["model", "input"]),
  ])
  func `how much identifies the caller is configured`(
    strip: RequestPolicy.StripIdentifiers, remaining: [String]
  ) throws {
    let request = try decode(
      #"{"user":"u","model":"m","dimensions":null,"input":"a","metadata":{},"security_tier":"high","api_key":"k"}"#,
      RequestPolicy(stripIdentifiers: strip))
    let members = try #require(JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
    #expect(Set(members.keys) == Set(remaining))
  }

  @Test(arguments: [
    (#"{"input":"a"}"#, "model"), (#"{"model":"","input":"a"}"#, "model"),
    (#"{"model":7,"input":"a"}"#, "model"),
    (#"{"model":"m"}"#, "input"), (#"{"model":"m","input":null}"#, "input"),
    (#"{"model":"m","input":[]}"#, "input"),
    (#"{"model":"m","input":{}}"#, "input"), (#"{"model":"m","input":5}"#, "input"),
    (#"{"model":"m","input":["a",1]}"#, "input[1]"), (#"{"model":"m","input":[1,"a"]}"#, "input[1]"),
    (#"{"model":"m","input":[[1],"a"]}"#, "input[1]"), (#"{"model":"m","input":["a",null]}"#, "input[1]"),
    (#"{"model":"m","input":[[]]}"#, "input[0]"), (#"{"model":"m","input":[["a"]]}"#, "input[0]"),
    (#"{"model":"m","input":[1,-2]}"#, "input[1]"), (#"{"model":"m","input":[1,2.5]}"#, "input[1]"),
    (#"{"model":"m","input":[true]}"#, "input[0]"), (#"{"model":"m","input":[{}]}"#, "input[0]"),
    (#"{"model":"m","input":"a","encoding_format":"int8"}"#, "encoding_format"),
    (#"{"model":"m","input":"a","encoding_format":1}"#, "encoding_format"),
    (#"{"model":"m","input":"a","dimensions":0}"#, "dimensions"),
    (#"{"model":"m","input":"a","dimensions":1.5}"#, "dimensions"),
    (#"{"model":"m","input":"a","dimensions":"9"}"#, "dimensions"),
    (#"{"model":"m","input":"a","input":"b"}"#, "input"), ("[]", nil), ("", nil), ("{", nil),
  ])
  func `what is wrong is a 400 that names the member`(body: String, parameter: String?) {
    let fault = #expect(throws: APIFault.self) { try decode(body) }
    #expect(fault?.status == 400 && fault?.type == "invalid_request_error" && fault?.parameter == parameter)
  }

  @Test func `millions of tokens are counted, not collected`() throws {
    let start = ContinuousClock.now
    let tokens = String(repeating: "1,", count: 2_000_000) + "1"
    #expect(try decode(#"{"model":"m","input":[\#(tokens)]}"#).inputCount == 1)
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func `without an embedder the caller is told what to set`() {
    let fault = OpenAIEmbeddings.notAvailable
    #expect(fault.status == 501 && fault.code == "embeddings_not_available" && fault.shouldRetry == false)
    #expect(fault.message.contains("embeddings.url"))
  }
}
