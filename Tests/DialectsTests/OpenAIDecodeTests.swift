import Foundation
import Testing

@testable import Dialects

@Suite struct OpenAIDecodeTests {
  private func decode(_ body: String, _ policy: RequestPolicy = RequestPolicy()) throws(APIFault)
    -> DecodedRequest
  {
    try OpenAIChat().decode(Array(body.utf8), under: policy)
  }

  private func sealed(_ body: String, _ policy: RequestPolicy = RequestPolicy()) throws -> String {
    try decode(body, policy).sealed
  }

  @Test func `what the caller wrote is sealed byte for byte`() throws {
    let body = """
       {"model" : "m\\u002F1", "temperature":1.0, "seed": 12345678901234567890,
      "top_p":1e-1 ,"messages":[ {"role":"user","content":"a\\/b \\ud83d \\u0000 é"} ], "x-unknown":{"z":1,"a":[]}}\n
      """
    #expect(try sealed(body) == body)
  }

  @Test func `members that are the proxy's business or identify an account go, the others stay as they are`()
    throws
  {
    let body = """
      {"stream":true, "model":"m","stream_options":{"include_usage":true},"messages":[{"role":"user","content":"q"}],"store":true,"metadata":{"a":1},
      "safety_identifier":"s","session_id":"i","prompt_cache_key":"k","api_key":"secret","base_url":"u","nomyo":{"cache":true},
      "security_tier":"high","user":"me","temperature":0.50,"stop":null,"logprobs":null}
      """
    let text = try sealed(body)
    let members = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(Set(members.keys) == ["model", "messages", "user", "temperature"])
    #expect(text.contains("\"temperature\":0.50"))
  }

  @Test(arguments: [
    (RequestPolicy.StripIdentifiers.none, ["model", "messages", "user", "metadata"]),
    (.account, ["model", "messages", "user"]), (.all, ["model", "messages"]),
  ])
  func `how much identifies the caller is configured`(
    strip: RequestPolicy.StripIdentifiers, remaining: [String]
  ) throws {
    let text = try sealed(
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"user":"u","metadata":{}}"#,
      RequestPolicy(stripIdentifiers: strip))
    let members = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(Set(members.keys) == Set(remaining))
  }

  @Test func `an alias is sealed as the router's name and remembered as the caller's`() throws {
    let request = try decode(
      #"{"messages":[{"role":"user","content":"q"}],"model":"gpt-4o"}"#,
      RequestPolicy(aliases: ["gpt-4o": "Qwen/Qwen3-0.6B"]))
    #expect(request.sealed == #"{"messages":[{"role":"user","content":"q"}],"model":"Qwen/Qwen3-0.6B"}"#)
    #expect(request.chats[0].model == "gpt-4o")
    #expect(request.chats[0].routerModel == "Qwen/Qwen3-0.6B")
  }

  @Test func `what the answer's encoding needs is read`() throws {
    let request = try decode(
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"stream":true,"stream_options":{"include_usage":true},"n":3,"security_tier":"high"}"#
    )
    let encoder = try #require(request.encoder as? OpenAIChatEncoder)
    #expect(request.isStream)
    #expect(encoder.includesUsage)
    #expect(encoder.callForm == CallForm())
    #expect(request.chats[0].securityTier == "high")
  }

  @Test func `null means not set`() throws {
    let request = try decode(
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"stream":null,"stream_options":null,"n":null}"#
    )
    #expect(!request.isStream)
    #expect(request.sealed == #"{"model":"m","messages":[{"role":"user","content":"q"}]}"#)
  }

  @Test(arguments: [
    ("", "invalid_json", nil), ("{", "invalid_json", nil), ("hello", "invalid_json", nil),
    ("{} {}", "invalid_json", nil),
    (#"{"model":"m","messages":[{"role":"user","content":"q"}],}"#, "invalid_json", nil),
    (#"{"model":NaN}"#, "invalid_json", nil), ("[]", "invalid_type", nil),
    ("null", "invalid_type", nil),
    ("\"text\"", "invalid_type", nil), ("{}", "missing_required_parameter", "model"),
    (#"{"model":null,"messages":[{"role":"user","content":"q"}]}"#, "missing_required_parameter", "model"),
    (#"{"model":7,"messages":[{"role":"user","content":"q"}]}"#, "invalid_type", "model"),
    (#"{"model":"","messages":[{"role":"user","content":"q"}]}"#, "invalid_value", "model"),
    (#"{"model":"m"}"#, "missing_required_parameter", "messages"),
    (#"{"model":"m","messages":"hi"}"#, "invalid_type", "messages"),
    (#"{"model":"m","messages":[]}"#, "invalid_value", "messages"),
    (#"{"model":"m","messages":["hi"]}"#, "invalid_type", "messages[0]"),
    (#"{"model":"m","messages":[{"role":"user","content":"q"}],"model":"n"}"#, "duplicate_member", "model"),
    (
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"\u006dodel":"n"}"#, "duplicate_member",
      "model"
    ),
    (#"{"model":"m","messages":[{"role":"user","content":"q"}],"stream":"yes"}"#, "invalid_type", "stream"),
    (
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"stream_options":true}"#, "invalid_type",
      "stream_options"
    ),
    (
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"stream_options":{"include_usage":1}}"#,
      "invalid_type",
      "stream_options.include_usage"
    ),
    (#"{"model":"m","messages":[{"role":"user","content":"q"}],"n":0}"#, "invalid_value", "n"),
    (#"{"model":"m","messages":[{"role":"user","content":"q"}],"n":1.5}"#, "invalid_type", "n"),
    (
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"security_tier":1}"#, "invalid_type",
      "security_tier"
    ),
    ("\u{FEFF}{}", "invalid_encoding", nil),
    (String(repeating: "[", count: 200), "nesting_too_deep", nil),
  ])
  func `what cannot be understood is a 400 that names the member`(
    body: String, code: String, parameter: String?
  ) {
    let fault = #expect(throws: APIFault.self) { try decode(body) }
    #expect(fault?.status == 400)
    #expect(fault?.code == code)
    #expect(fault?.parameter == parameter)
  }

  @Test func `a model's name and a member's name have bounds, because answers repeat them`() {
    let long = String(repeating: "m", count: 257)
    let model = #expect(throws: APIFault.self) {
      try decode(#"{"model":"\#(long)","messages":[{"role":"user","content":"q"}]}"#)
    }
    #expect(model?.parameter == "model")
    let name = String(repeating: "n", count: 5000)
    let member = #expect(throws: APIFault.self) { try decode(#"{"\#(name)":1,"\#(name)":2}"#) }
    #expect(member?.parameter?.count == ForeignText.characterLimit + 1)
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    let fault = #expect(throws: APIFault.self) {
      try OpenAIChat().decode(
        Array(#"{"model":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), under: RequestPolicy())
    }
    #expect(fault?.code == "invalid_encoding")
  }

  @Test func `a member's name in an error cannot carry control characters`() throws {
    let fault = #expect(throws: APIFault.self) { try decode(#"{"a\u001b[31m":1,"a\u001b[31m":2}"#) }
    let message = try #require(fault?.message)
    #expect(!message.unicodeScalars.contains { $0.value < 0x20 })
  }
}
