import Foundation
import Testing

@testable import Dialects

@Suite struct OpenAIEmbeddingsAnswerTests {
  private func encode(
    _ answer: String, inputs: Int = 1, base64: Bool = false
  ) throws(APIFault) -> String {
    let request = EmbeddingRequest(body: [], model: "m", inputCount: inputs, wantsBase64: base64)
    return String(decoding: try OpenAIEmbeddings.encode(Array(answer.utf8), to: request), as: UTF8.self)
  }

  private func answer(_ embeddings: String...) -> String {
    let entries = embeddings.enumerated().map { #"{"object":"embedding","index":\#($0),"embedding":\#($1)}"# }
    return #"{ "object":"list", "data":[\#(entries.joined(separator: " , "))],"model":"nomic","#
      + #""usage":{"prompt_tokens":2,"total_tokens":2}, "x":1.50 }"#
  }

  @Test func `floats that were asked for pass as they are`() throws {
    let text = answer("[0.10, -1E-3]", "[1,2]")
    #expect(try encode(text, inputs: 2) == text)
  }

  @Test func `base64 that was asked for passes as it is`() throws {
    let text = answer(#""AACAPw==""#)
    #expect(try encode(text, base64: true) == text)
  }

  /// The expected texts are what numpy and base64 of Python make of the same numbers.
  @Test(arguments: [
    ("[1]", "AACAPw=="), ("[1,2]", "AACAPwAAAEA="), ("[0,-0.0,0.5]", "AAAAAAAAAIAAAAA/"),
    ("[0.1,-1e-3,3.4028234663852886e38,1e-45]", "zczMPW8Sg7r//39/AQAAAA=="), ("[1e-400]", "AAAAAA=="),
    ("[ 1E0 ,\n16777217]", "AACAPwAAgEs="),
  ])
  func `floats become the base64 that was asked for`(list: String, base64: String) throws {
    let root = try #require(
      JSONSerialization.jsonObject(with: Data(try encode(answer(list), base64: true).utf8)) as? [String: Any])
    let data = try #require(root["data"] as? [[String: Any]])
    #expect(data.count == 1 && data[0]["embedding"] as? String == base64)
    #expect(data[0]["index"] as? Int == 0 && data[0]["object"] as? String == "embedding")
    #expect(root["model"] as? String == "nomic" && (root["usage"] as? [String: Int])?["total_tokens"] == 2)
  }

  @Test func `long vectors come through bit for bit`() throws {
    let values = (0..<1536).map { Float(bitPattern: UInt32($0) &* 2_654_435_761 & 0xBFFF_FFFF) }
    let text = try encode(answer("[" + values.map { "\($0)" }.joined(separator: ",") + "]"), base64: true)
    let root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let base64 = try #require((root["data"] as? [[String: Any]])?.first?["embedding"] as? String)
    let bytes = [UInt8](try #require(Data(base64Encoded: base64)))
    let words = stride(from: 0, to: bytes.count, by: 4).map { at in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * $1) }
    }
    #expect(words == values.map(\.bitPattern))
  }

  @Test func `what is base64 already stays so beside floats`() throws {
    let text = try encode(answer(#""AACAPw==""#, "[1]"), inputs: 2, base64: true)
    #expect(text.components(separatedBy: #""embedding":"AACAPw==""#).count == 3)
  }

  @Test(arguments: [
    "", "<html>", "[]", "{}", #"{"data":{}}"#, #"{"data":[]}"#, #"{"data":[1]}"#, #"{"data":[{}]}"#,
    #"{"data":[{"embedding":null}]}"#, #"{"data":[{"embedding":[]}]}"#, #"{"data":[{"embedding":["a"]}]}"#,
    #"{"data":[{"embedding":[[1]]}]}"#, #"{"data":[{"embedding":{"a":1}}]}"#, #"{"error":{"message":"no"}}"#,
    #"{"data":[{"embedding":[1]},{"embedding":[1]}]}"#, #"{"data":[{"embedding":[1],"embedding":[2]}]}"#,
    #"{"data":[{"embedding":[1]}]} x"#,
  ])
  func `what answers another question is a 502`(text: String) {
    for base64 in [false, true] {
      let fault = #expect(throws: APIFault.self) { try encode(text, base64: base64) }
      #expect(fault?.status == 502 && fault?.code == "embedder_answer")
    }
  }

  @Test(arguments: ["[1,null]", "[1,\"2\"]", "[1,[2]]", "[1e39]", "[1e999]", "[1,true]"])
  func `what is no 32-bit number makes no base64`(list: String) {
    let fault = #expect(throws: APIFault.self) { try encode(answer(list), base64: true) }
    #expect(fault?.status == 502 && fault?.code == "embedder_answer")
  }

  @Test func `base64 where numbers were asked for is refused`() {
    let fault = #expect(throws: APIFault.self) { try encode(answer(#""AACAPw==""#)) }
    #expect(fault?.status == 502)
  }

  @Test(arguments: [
    (400, 400, "embedder_refused"), (404, 404, "embedder_refused"), (413, 413, "embedder_refused"),
    (422, 422, "embedder_refused"), (429, 429, "embedder_busy"), (503, 503, "embedder_busy"),
    (401, 502, "embedder_error"), (403, 502, "embedder_error"), (302, 502, "embedder_error"),
    (500, 502, "embedder_error"), (204, 502, "embedder_error"), (418, 502, "embedder_error"),
  ])
  func `an embedder's refusal is told as the embedder's`(status: Int, told: Int, code: String) {
    let fault = OpenAIEmbeddings.fault(status: status, body: [])
    #expect(fault.status == told && fault.code == code && fault.message.contains("embeddings.url"))
  }

  @Test(arguments: [
    #"{"error":{"message":"too\nlong","type":"x"}}"#, #"{"error":"too\nlong"}"#, #"{"detail":"too\nlong"}"#,
    #"{"message":"too\nlong"}"#, #"{"error":null,"message":"too\nlong"}"#,
  ])
  func `what the embedder says is quoted on one line`(body: String) {
    let fault = OpenAIEmbeddings.fault(status: 400, body: Array(body.utf8))
    #expect(fault.message.contains(#"It says: "too long""#))
  }
}
