import Foundation
import Testing

@testable import Dialects

@Suite struct ResponsesRequestTests {
  private func sealed(_ members: String) throws -> ParsedObject {
    try ResponsesText.sealed(#""input":"x",\#(members)"#)
  }

  @Test func `sampling goes on in the spelling of the caller`() throws {
    let request = try ResponsesText.decode(
      #"{"model":"m","input":"x","temperature":0.50,"top_p":1e-1,"max_output_tokens":16,"user":"u"}"#)
    #expect(request.sealed.contains(#""temperature":0.50"#))
    #expect(request.sealed.contains(#""top_p":1e-1"#))
    #expect(request.sealed.contains(#""max_tokens":16"#))
    #expect(request.sealed.contains(#""user":"u""#))
    #expect(!request.isStream)
  }

  @Test func `members that change no answer are not sent`() throws {
    let sealed = try sealed(
      #""store":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":"k","prompt_cache_retention":"24h","#
        + #""client_metadata":{"a":"b"},"truncation":"auto","service_tier":"flex","metadata":{"a":"b"},"#
        + #""safety_identifier":"s","max_tool_calls":3,"reasoning":{"effort":"high"},"text":{"verbosity":"low"},"#
        + #""stream":true,"stream_options":{"include_obfuscation":false},"parallel_tool_calls":true,"background":false,"#
        + #""context_management":[{"type":"compaction"}],"previous_response_id":null,"prompt_cache_options":{}"#
    )
    #expect(Set(sealed.keys) == ["model", "messages"])
  }

  @Test func `members of the model's own go on as they are`() throws {
    let sealed = try sealed(
      #""top_k":40,"chat_template_kwargs":{"enable_thinking":false},"seed":7,"max_tokens":3,"min_p":null"#)
    #expect(Set(sealed.keys) == ["model", "messages", "top_k", "chat_template_kwargs", "seed", "max_tokens"])
    #expect(try self.sealed(#""max_output_tokens":9,"max_tokens":3"#)["max_tokens"] as? Int == 9)
  }

  @Test func `a schema is nested as chat completions have it and keeps its bytes`() throws {
    let schema = #"{"type":"object","properties":{"z":{"maximum":1.0},"a":{"const":12345678901234567890}}}"#
    let request = try ResponsesText.decode(
      #"{"model":"m","input":"x","text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":\#(schema)}}}"#
    )
    #expect(
      request.sealed.contains(
        #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema),"strict":true}}"#
      ))
    #expect(
      try sealed(#""text":{"format":{"type":"json_object"}}"#).object("response_format").text("type")
        == "json_object")
    #expect(try sealed(#""text":{"format":{"type":"text"}}"#)["response_format"] == nil)
  }

  @Test(arguments: [#""top_logprobs":3"#, #""include":["message.output_text.logprobs"]"#])
  func `token probabilities are asked for`(members: String) throws {
    #expect(try sealed(members)["logprobs"] as? Bool == true)
  }

  @Test func `the alias is sealed and the caller's name is answered`() throws {
    let policy = RequestPolicy(aliases: ["gpt-5": "real/model"])
    let request = try ResponsesText.decode(#"{"model":"gpt-5","input":"x"}"#, policy)
    #expect(try ResponsesText.parsed(request.sealed.utf8).text("model") == "real/model")
    let body = try request.encoder.encode(try completion(choice(#"{"content":"a"}"#)), at: .fixed)
    #expect(try ResponsesText.parsed(body).text("model") == "gpt-5")
  }

  @Test(arguments: [
    (#""previous_response_id":"resp_1""#, "previous_response_id"),
    (#""conversation":"conv_1""#, "conversation"),
    (#""conversation":{"id":"c"}"#, "conversation"), (#""background":true"#, "background"),
    (#""prompt":{"id":"pmpt_1"}"#, "prompt"), (#""moderation":{"model":"m"}"#, "moderation"),
    (#""messages":[]"#, "messages"), (#""functions":[]"#, "functions"),
  ])
  func `what only a server that remembers could do is refused with what to do instead`(
    members: String, name: String
  ) throws {
    let fault = #expect(throws: APIFault.self) { try sealed(members) }
    #expect(fault?.status == 400)
    #expect(fault?.code == "unsupported_parameter")
    #expect(fault?.parameter == name)
    let body = try ResponsesText.parsed(OpenAIResponses().encode(try #require(fault)))
    #expect(body.object("error").text("param") == name)
    #expect(body.object("error").text("type") == "invalid_request_error")
  }

  @Test(arguments: [
    (#""temperature":3"#, "temperature"), (#""temperature":"hot""#, "temperature"), (#""top_p":-1"#, "top_p"),
    (#""max_output_tokens":0"#, "max_output_tokens"), (#""max_output_tokens":1.5"#, "max_output_tokens"),
    (#""max_output_tokens":99999999999999999999"#, "max_output_tokens"), (#""stream":"yes""#, "stream"),
    (#""instructions":["x"]"#, "instructions"), (#""tools":{}"#, "tools"), (#""text":"x""#, "text"),
    (#""text":{"format":{}}"#, "text.format.type"),
    (#""text":{"format":{"type":"xml"}}"#, "text.format.type"),
    (#""text":{"format":{"type":"json_schema","schema":{}}}"#, "text.format.name"),
    (#""text":{"format":{"type":"json_schema","name":"n"}}"#, "text.format.schema"),
    (#""text":{"format":{"type":"json_schema","name":"n","schema":[]}}"#, "text.format.schema"),
    (#""parallel_tool_calls":1"#, "parallel_tool_calls"), (#""metadata":7"#, "metadata"),
    (#""reasoning":"high""#, "reasoning"), (#""top_logprobs":21"#, "top_logprobs"), (#""n":2"#, "n"),
    (#""include":"x""#, "include"), (#""include":[1]"#, "include"), (#""user":{}"#, "user"),
    (#""background":"no""#, "background"), (#""truncation":1"#, "truncation"),
  ])
  func `a member of the wrong kind is refused by its name`(members: String, name: String) {
    let fault = #expect(throws: APIFault.self) { try sealed(members) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == name)
  }

  @Test(arguments: [
    (#"{"input":"x"}"#, "model"), (#"{"model":"","input":"x"}"#, "model"), (#"{"model":"m"}"#, "input"),
    (#"{"model":"m","input":null}"#, "input"), (#"{"model":"m","input":7}"#, "input"),
    (#"{"model":"m","input":{}}"#, "input"), ("[]", nil), ("", nil), ("{", nil),
  ])
  func `a request without its parts is refused`(body: String, name: String?) {
    let fault = #expect(throws: APIFault.self) { try ResponsesText.decode(body) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == name)
  }
}
