import Testing

@testable import Dialects

@Suite struct ChatParametersTests {
  private func sealed(_ members: String, _ policy: RequestPolicy = RequestPolicy()) throws -> String {
    let text = try sealedChat("\(question),\(members)", policy)
    _ = try parsed(text)
    return String(text.dropFirst("{\"model\":\"m\",\(question)".count).dropLast())
  }

  @Test(arguments: [
    #","temperature":0,"top_p":1.0,"presence_penalty":-2,"frequency_penalty":2.0,"seed":-1,"n":1"#,
    #","temperature":2,"seed":12345678901234567890,"logit_bias":{"50256":-100},"stop":["a","b","c","d"]"#,
    #","stop":"x","max_tokens":4096,"user":"u","response_format":{"type":"json_object"},"logprobs":true"#,
    #","response_format":{"type":"json_schema","json_schema":{"schema":{"b":1.0,"a":2}}},"top_logprobs":5,"stop":[]"#,
    #","reasoning_effort":"high","service_tier":"auto","verbosity":"low","top_k":40,"options":{"num_ctx":1},"x":[1.0]"#,
    #","response_format":{"type":"json_schema","schema":{}},"max_tokens":9.0"#,
    #","modalities":["text"],"prediction":{"type":"content","content":"c"},"best_of":2"#,
  ])
  func `members are passed on as they are`(members: String) throws {
    #expect(try sealed(String(members.dropFirst())) == members)
  }

  @Test(arguments: [
    (#""max_completion_tokens":5"#, #","max_tokens":5"#),
    (#""max_completion_tokens":5,"max_tokens":6"#, #","max_tokens":6"#),
    (#""max_tokens":null,"max_completion_tokens":5"#, #","max_tokens":5"#),
    (#""max_tokens":-1"#, ""), (#""max_tokens":-2"#, ""),
    (#""max_tokens":-1,"max_completion_tokens":7"#, #","max_tokens":7"#),
    (#""max_completion_tokens":-1"#, ""), (#""response_format":{"type":"text"}"#, ""),
    (#""stop":null,"temperature":null,"tools":null,"response_format":null,"x":null"#, ""),
  ])
  func `members are said in the way that routers know`(members: String, expected: String) throws {
    #expect(try sealed(members) == expected)
  }

  @Test(arguments: [
    (#""temperature":"hot""#, "temperature"), (#""temperature":2.1"#, "temperature"),
    (#""temperature":-0.1"#, "temperature"), (#""top_p":1.5"#, "top_p"), (#""top_p":true"#, "top_p"),
    (#""presence_penalty":3"#, "presence_penalty"), (#""frequency_penalty":-2.5"#, "frequency_penalty"),
    (#""n":"2""#, "n"), (#""n":129"#, "n"), (#""best_of":0"#, "best_of"), (#""max_tokens":0"#, "max_tokens"),
    (#""max_tokens":1.5"#, "max_tokens"), (#""max_tokens":"9""#, "max_tokens"),
    (#""max_completion_tokens":-7"#, "max_completion_tokens"), (#""seed":"x""#, "seed"),
    (#""logit_bias":[]"#, "logit_bias"), (#""user":5"#, "user"), (#""logprobs":5"#, "logprobs"),
    (#""top_logprobs":-1"#, "top_logprobs"), (#""stop":5"#, "stop"), (#""stop":["a",5]"#, "stop[1]"),
    (#""stop":["a","b","c","d","e"]"#, "stop"), (#""response_format":"json""#, "response_format"),
    (#""response_format":{}"#, "response_format.type"),
    (#""response_format":{"type":"xml"}"#, "response_format.type"),
    (#""response_format":{"type":"json_schema"}"#, "response_format.json_schema"),
    (#""modalities":["text","audio"]"#, "modalities"), (#""modalities":"text""#, "modalities"),
    (#""audio":{"voice":"x"}"#, "audio"), (#""temperature":1e999"#, "temperature"),
  ])
  func `members of a wrong type or out of range are a 400 that names them`(members: String, parameter: String)
  {
    let fault = #expect(throws: APIFault.self) { try decodeChat("{\"model\":\"m\",\(question),\(members)}") }
    #expect(fault?.status == 400)
    #expect(fault?.type == "invalid_request_error")
    #expect(fault?.parameter == parameter)
  }

  private static let mixed =
    #""reasoning_effort":"high","temperature":1.0,"max_completion_tokens":5,"store":false,"functions":[{"name":"f"}],"user":"u""#

  @Test func `minimal sends only what the router's documentation names`() throws {
    let members = try parsed(
      try sealedChat("\(question),\(Self.mixed)", RequestPolicy(stripIdentifiers: .none, members: .minimal)))
    #expect(Set(members.keys) == ["model", "messages", "temperature", "max_tokens", "tools", "user"])
  }

  @Test(arguments: [RequestPolicy.UndocumentedMembers.auto, .pass])
  func `otherwise they are sent, and can be left out afterwards`(policy: RequestPolicy.UndocumentedMembers)
    throws
  {
    let body = "{\"model\":\"alias\",\(question),\(Self.mixed),\"security_tier\":\"high\"}"
    let chat = try decodeChat(body, RequestPolicy(members: policy, aliases: ["alias": "real"])).chats[0]
    #expect(try parsed(String(decoding: chat.plaintext, as: UTF8.self)).keys.contains("reasoning_effort"))
    let lean = try #require(chat.documentedOnly()).request
    let text = String(decoding: lean.plaintext, as: UTF8.self)
    #expect(text.contains(#""temperature":1.0"#))
    #expect(
      Set(try parsed(text).keys) == ["model", "messages", "temperature", "max_tokens", "tools", "user"])
    #expect((lean.model, lean.routerModel, lean.securityTier) == ("alias", "real", "high"))
    #expect(lean.callForm == chat.callForm && lean.callForm.isOldForm)
    #expect(lean.documentedOnly() == nil)
  }
}
