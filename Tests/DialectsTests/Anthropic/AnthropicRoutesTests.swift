import Foundation
import Testing

@testable import Dialects

@Suite struct AnthropicRoutesTests {
  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test(arguments: [
    (400, "invalid_request_error"), (401, "authentication_error"), (402, "billing_error"),
    (403, "permission_error"),
    (404, "not_found_error"), (405, "invalid_request_error"), (413, "request_too_large"),
    (415, "invalid_request_error"),
    (429, "rate_limit_error"), (500, "api_error"), (501, "api_error"), (502, "api_error"),
    (503, "overloaded_error"),
    (504, "timeout_error"), (529, "overloaded_error"),
  ])
  func `errors in Anthropic's words`(status: Int, type: String) throws {
    let fault = APIFault(status: status, type: "t", code: "c", message: "m \"q\"", parameter: "p")
    let body = try object(AnthropicMessages(requestID: "req_1").encode(fault))
    #expect(body["type"] as? String == "error")
    #expect(body["error"] as? [String: String] == ["type": type, "message": "m \"q\""])
    #expect(body["request_id"] as? String == "req_1")
    #expect(try object(AnthropicMessages().encode(fault))["request_id"] is NSNull)
  }

  @Test func `tokens are counted roughly, marked as such, and images not by their bytes`() throws {
    func count(_ messages: String) throws -> Int {
      let text = #"{"model":"m","messages":[\#(messages)]}"#
      let body = try object(try AnthropicTokenCount.estimate(Array(text.utf8)))
      #expect(body["estimated"] as? Bool == true)
      return try #require(body["input_tokens"] as? Int)
    }
    let short = try count(AnthropicTranscript.user)
    #expect((1...40).contains(short))
    let long = String(repeating: "word ", count: 8_000)
    #expect((10_000...10_100).contains(try count(#"{"role":"user","content":"\#(long)"}"#)))
    let data = AnthropicTranscript.png + String(repeating: "AAAA", count: 500_000)
    let image = #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}"#
    #expect((1_600...1_700).contains(try count(#"{"role":"user","content":[\#(image)]}"#)))
  }

  @Test func `a request to count is checked as a message is, but for what it lacks`() throws {
    for text in ["{}", #"{"model":"m"}"#, #"{"model":"m","messages":[{"role":"x","content":""}]}"#] {
      #expect(throws: APIFault.self) { try AnthropicTokenCount.estimate(Array(text.utf8)) }
    }
  }

  @Test func `models with their dates, and the page that was asked for`() throws {
    let models = [("a/b", 1_700_000_000), ("c", 0), ("d", 951_827_696), ("e", -5), ("f", Int.max)].map {
      Model(id: $0.0, root: $0.0, created: $0.1, owner: "o")
    }
    let body = try object(try AnthropicModels.list(models))
    let data = try #require(body["data"] as? [[String: String]])
    #expect(data.map { $0["id"] } == ["a/b", "c", "d", "e", "f"])
    #expect(
      data.map { $0["created_at"] } == [
        "2023-11-14T22:13:20Z", "1970-01-01T00:00:00Z", "2000-02-29T12:34:56Z", "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
      ])
    #expect(data.allSatisfy { $0["type"] == "model" && $0["display_name"] == $0["id"] })
    #expect([body["first_id"] as? String, body["last_id"] as? String] == ["a/b", "f"])
    #expect(body["has_more"] as? Bool == false)
    #expect(try object(AnthropicModels.model(models[1]))["id"] as? String == "c")

    let page = try object(try AnthropicModels.list(models, limit: "2", afterID: "a/b"))
    #expect((page["data"] as? [[String: Any]])?.map { $0["id"] as? String } == ["c", "d"])
    #expect(page["has_more"] as? Bool == true)
    let back = try object(try AnthropicModels.list(models, limit: "1", beforeID: "d"))
    #expect((back["data"] as? [[String: Any]])?.map { $0["id"] as? String } == ["c"])
    #expect(try object(try AnthropicModels.list([]))["first_id"] is NSNull)
    for limit in ["0", "-1", "x", "1001", ""] {
      #expect(throws: APIFault.self) { try AnthropicModels.list(models, limit: limit) }
    }
  }
}
