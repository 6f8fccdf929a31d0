import Foundation
import JSONText
import Testing

@testable import Dialects

/// Reads a completion request.
private func decode(
  _ body: String, _ policy: RequestPolicy = RequestPolicy()
) throws(APIFault) -> DecodedRequest {
  try OpenAICompletions().decode(Array(body.utf8), under: policy)
}

/// What is sealed for each exchange, parsed by code that is not ours.
private func sealed(
  _ body: String, _ policy: RequestPolicy = RequestPolicy()
) throws -> [[String: Any]] {
  try decode(body, policy).chats.map { chat in
    try #require(try JSONSerialization.jsonObject(with: Data(chat.plaintext)) as? [String: Any])
  }
}

/// The messages of a sealed request as pairs of role and content.
private func messages(_ request: [String: Any]) -> [[String]] {
  (request["messages"] as? [[String: Any]] ?? []).map {
    [$0["role"] as? String ?? "", $0["content"] as? String ?? ""]
  }
}

@Suite struct CompletionsDecodeTests {
  @Test func `a prompt is one user message, and members that chat has are passed on as they stand`() throws {
    let text = try decode(
      #"{"model":"m","prompt":"Say \"hi\" \u00e9","max_tokens":16,"temperature":0.50,"top_p":1e-1,"stop":["\n"],"#
        + #""presence_penalty":0,"frequency_penalty":-1.0,"logit_bias":{"50256":-100},"seed":12345678901234567890,"#
        + #""n":2,"best_of":3,"top_k":40,"user":"u","stream":false,"suffix":null,"echo":false,"logprobs":null}"#
    ).sealed
    for member in [
      #""temperature":0.50"#, #""top_p":1e-1"#, #""seed":12345678901234567890"#, #""frequency_penalty":-1.0"#,
      #""logit_bias":{"50256":-100}"#, #""top_k":40"#, #""best_of":3"#, #""n":2"#, #""stop":["\n"]"#,
    ] { #expect(text.contains(member), "\(member)") }
    let request = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(messages(request) == [["user", "Say \"hi\" é"]])
    #expect(
      Set(request.keys) == [
        "model", "messages", "max_tokens", "temperature", "top_p", "stop", "presence_penalty",
        "frequency_penalty", "logit_bias", "seed", "n", "best_of", "top_k", "user",
      ])
  }

  @Test func `each prompt of a list is an exchange of its own`() throws {
    let body = #"{"model":"m","prompt":["one","two",""],"n":2,"max_tokens":5,"security_tier":"high"}"#
    let requests = try sealed(body)
    #expect(requests.map(messages) == [[["user", "one"]], [["user", "two"]], [["user", ""]]])
    #expect(requests.allSatisfy { $0["max_tokens"] as? Int == 5 && $0["n"] as? Int == 2 })
    #expect(requests.allSatisfy { $0["security_tier"] == nil })
    #expect(try decode(body).chats.allSatisfy { $0.securityTier == "high" })
  }

  @Test func `an empty prompt is an empty message`() throws {
    #expect(try messages(sealed(#"{"model":"m","prompt":""}"#)[0]) == [["user", ""]])
  }

  @Test func `with a suffix the model is asked for what is between`() throws {
    let request = try sealed(#"{"model":"m","prompt":"def f():\n","suffix":"\n  return x"}"#)[0]
    let said = messages(request)
    #expect(said.map { $0[0] } == ["system", "user"])
    #expect(said[1][1] == "<before>def f():\n</before><after>\n  return x</after>")
    #expect(said[0][1].contains("missing text only"))
    #expect(request["suffix"] == nil)
  }

  @Test func `an empty suffix is none`() throws {
    #expect(try messages(sealed(#"{"model":"m","prompt":"a","suffix":""}"#)[0]) == [["user", "a"]])
  }

  @Test func `a suffix with an empty prompt still fills in`() throws {
    let said = try messages(sealed(#"{"model":"m","prompt":"","suffix":"b"}"#)[0])
    #expect(said.last?[1] == "<before></before><after>b</after>")
  }

  @Test func `probabilities are asked for in chat's way`() throws {
    let some = try sealed(#"{"model":"m","prompt":"a","logprobs":3}"#)[0]
    #expect(some["logprobs"] as? Bool == true)
    #expect(some["top_logprobs"] as? Int == 3)
    let none = try sealed(#"{"model":"m","prompt":"a","logprobs":0}"#)[0]
    #expect(none["logprobs"] as? Bool == true)
    #expect(none["top_logprobs"] == nil)
  }

  @Test func `what the answer needs is read`() throws {
    let request = try decode(
      #"{"model":"m","prompt":["a","b\n"],"stream":true,"stream_options":{"include_usage":true},"echo":true}"#
    )
    let encoder = try #require(request.encoder as? CompletionsEncoder)
    #expect(request.isStream)
    #expect(encoder.includesUsage)
    #expect(encoder.echoes == [Array("a".utf8), Array(#"b\n"#.utf8)])
    #expect(!encoder.isFilling)
  }

  @Test func `empty lists of tools are nothing`() throws {
    #expect(try sealed(#"{"model":"m","prompt":"a","tools":[],"functions":null}"#)[0]["tools"] == nil)
  }

  @Test func `an alias is sealed as the router's name`() throws {
    let request = try decode(#"{"model":"davinci","prompt":"a"}"#, RequestPolicy(aliases: ["davinci": "Q/w"]))
    #expect(request.chats[0].routerModel == "Q/w")
    #expect((request.encoder as? CompletionsEncoder)?.model == "davinci")
  }

  @Test(arguments: [
    ("", "invalid_json", nil), ("[]", "invalid_type", nil),
    (#"{"prompt":"a"}"#, "missing_required_parameter", "model"),
    (#"{"model":"m"}"#, "missing_required_parameter", "prompt"),
    (#"{"model":"m","prompt":null}"#, "missing_required_parameter", "prompt"),
    (#"{"model":"m","prompt":7}"#, "invalid_type", "prompt"),
    (#"{"model":"m","prompt":{}}"#, "invalid_type", "prompt"),
    (#"{"model":"m","prompt":[]}"#, "invalid_value", "prompt"),
    (#"{"model":"m","prompt":[1,2,3]}"#, "unsupported_parameter", "prompt"),
    (#"{"model":"m","prompt":[[1,2],[3]]}"#, "unsupported_parameter", "prompt"),
    (#"{"model":"m","prompt":["a",null]}"#, "invalid_type", "prompt[1]"),
    (#"{"model":"m","prompt":["a",{}]}"#, "invalid_type", "prompt[1]"),
    (#"{"model":"m","prompt":"a","prompt":"b"}"#, "duplicate_member", "prompt"),
    (#"{"model":"m","prompt":"a","suffix":1}"#, "invalid_type", "suffix"),
    (#"{"model":"m","prompt":"a","echo":"yes"}"#, "invalid_type", "echo"),
    (#"{"model":"m","prompt":"a","stream":1}"#, "invalid_type", "stream"),
    (#"{"model":"m","prompt":"a","stream_options":[]}"#, "invalid_type", "stream_options"),
    (#"{"model":"m","prompt":"a","n":0}"#, "invalid_value", "n"),
    (#"{"model":"m","prompt":"a","n":129}"#, "invalid_value", "n"),
    (#"{"model":"m","prompt":["a","b"],"n":65}"#, "invalid_value", "prompt"),
    (#"{"model":"m","prompt":"a","n":3,"best_of":2}"#, "invalid_value", "best_of"),
    (#"{"model":"m","prompt":"a","best_of":0}"#, "invalid_value", "best_of"),
    (#"{"model":"m","prompt":"a","best_of":"2"}"#, "invalid_type", "best_of"),
    (#"{"model":"m","prompt":"a","max_tokens":0}"#, "unsupported_parameter", "max_tokens"),
    (#"{"model":"m","prompt":"a","logprobs":true}"#, "invalid_type", "logprobs"),
    (#"{"model":"m","prompt":"a","logprobs":21}"#, "invalid_value", "logprobs"),
    (#"{"model":"m","prompt":"a","logprobs":-1}"#, "invalid_value", "logprobs"),
    (#"{"model":"m","prompt":"a","logprobs":1,"echo":true}"#, "unsupported_parameter", "logprobs"),
    (#"{"model":"m","prompt":"a","logprobs":1,"suffix":"b"}"#, "unsupported_parameter", "logprobs"),
    (#"{"model":"m","prompt":"a","top_logprobs":2}"#, "unsupported_parameter", "top_logprobs"),
    (
      #"{"model":"m","prompt":"a","messages":[{"role":"user","content":"b"}]}"#, "unsupported_parameter",
      "messages"
    ),
    (#"{"model":"m","prompt":"a","tools":[{}]}"#, "unsupported_parameter", "tools"),
    (#"{"model":"m","prompt":"a","tool_choice":"auto"}"#, "unsupported_parameter", "tool_choice"),
    (#"{"model":"m","prompt":"a","security_tier":1}"#, "invalid_type", "security_tier"),
  ])
  func `what cannot be understood or honoured is a 400 that names the member`(
    body: String, code: String, parameter: String?
  ) {
    let fault = #expect(throws: APIFault.self) { try decode(body) }
    #expect(fault?.status == 400)
    #expect(fault?.code == code)
    #expect(fault?.parameter == parameter)
  }

  @Test func `where undocumented members are left out, probabilities are refused at once`() {
    let fault = #expect(throws: APIFault.self) {
      try decode(#"{"model":"m","prompt":"a","logprobs":1}"#, RequestPolicy(members: .minimal))
    }
    #expect(fault?.parameter == "logprobs")
  }

  @Test func `a list without end is given up early, and a long member is not written a hundred times`() {
    let prompts = Array(repeating: #""a""#, count: 1_000_000).joined(separator: ",")
    let many = #expect(throws: APIFault.self) { try decode(#"{"model":"m","prompt":[\#(prompts)]}"#) }
    #expect(many?.parameter == "prompt")
    let hundred = Array(repeating: #""a""#, count: 100).joined(separator: ",")
    let long = String(repeating: "x", count: 1 << 20)
    let copies = #expect(throws: APIFault.self) {
      try decode(#"{"model":"m","x":"\#(long)","prompt":[\#(hundred)]}"#)
    }
    #expect(copies?.code == "request_too_large")
    #expect(throws: Never.self) { try decode(#"{"model":"m","x":"\#(long)","prompt":["a","b"]}"#) }
  }
}
