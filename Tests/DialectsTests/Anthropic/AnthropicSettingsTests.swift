import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct AnthropicSettingsTests {
  private let user = AnthropicTranscript.user

  @Test func `sampling keeps its numbers as written`() throws {
    let seen = try AnthropicTranscript(
      user, #""temperature":0.70,"top_p":1,"top_k":40,"stop_sequences":["\n\nHuman:","\u2028"],"seed":7"#)
    #expect(seen.decoded.sealed.contains(#""temperature":0.70"#))
    #expect(seen.chat["max_tokens"] as? Int == 9)
    #expect(seen.chat["top_p"] as? Int == 1)
    #expect(seen.chat["top_k"] as? Int == 40)
    #expect(seen.chat["seed"] as? Int == 7)
    #expect(seen.chat["stop"] as? [String] == ["\n\nHuman:", "\u{2028}"])
    #expect(seen.chat["stop_sequences"] == nil)
  }

  @Test func `what Claude Code sends besides is neither refused nor passed on`() throws {
    let seen = try AnthropicTranscript(
      user,
      #"""
      "thinking":{"type":"adaptive"},"output_config":{"effort":"high"},"metadata":{"user_id":"{\"device_id\":\"1\"}"},
      "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"service_tier":"auto","speed":"fast",
      "betas":["x"],"mcp_servers":[],"diagnostics":{"previous_message_id":null},"container":null,"inference_geo":"global",
      "cache_control":{"type":"ephemeral"},"stream":true,"anthropic_version":"bedrock-2023-05-31"
      """#)
    #expect(seen.chat.keys.sorted() == ["max_tokens", "messages", "model"])
    #expect(seen.decoded.isStream)
  }

  @Test func `a schema for the answer, in both places where it was ever sent`() throws {
    let format = #"{"type":"json_schema","schema":{"type":"object","z":1.0,"a":1}}"#
    for members in [#""output_config":{"format":\#(format)}"#, #""output_format":\#(format)"#] {
      let seen = try AnthropicTranscript(user, members)
      let said = try #require(seen.chat["response_format"] as? [String: Any])
      #expect(said["type"] as? String == "json_schema")
      #expect((said["json_schema"] as? [String: Any])?["name"] as? String == "answer")
      #expect(seen.decoded.sealed.contains(#""schema":{"type":"object","z":1.0,"a":1}"#))
    }
  }

  @Test func `aliases and tiers are the chat step's, and an answer bears the name that was asked for`() throws
  {
    let seen = try AnthropicTranscript(
      user, #""security_tier":"high""#,
      RequestPolicy(messages: .pass, aliases: ["m": "real/model"]))
    let chat = try #require(seen.decoded.chats.first)
    #expect([chat.model, chat.routerModel, chat.securityTier] == ["m", "real/model", "high"])
    #expect(seen.chat["security_tier"] == nil)
    let body = try seen.decoded.encoder.encode(try completion(choice(#"{"content":"x"}"#)), at: .fixed)
    let message = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    #expect(message["model"] as? String == "m")
  }

  @Test(arguments: [
    (#""max_tokens":0"#, "max_tokens"), (#""max_tokens":1.5"#, "max_tokens"),
    (#""max_tokens":"9""#, "max_tokens"),
    (#""temperature":1.1"#, "temperature"), (#""temperature":"0""#, "temperature"), (#""top_p":-1"#, "top_p"),
    (#""top_k":0.5"#, "top_k"), (#""stop_sequences":"x""#, "stop_sequences"),
    (#""stop_sequences":["x",1]"#, "stop_sequences[1]"), (#""stop_sequences":[""]"#, "stop_sequences[0]"),
    (#""stream":1"#, "stream"), (#""system":1"#, "system"), (#""system":[1]"#, "system[0]"),
    (#""system":[{"type":"image"}]"#, "system[0].type"), (#""system":[{"type":"text"}]"#, "system[0].text"),
    (#""thinking":true"#, "thinking"), (#""thinking":{"type":"much"}"#, "thinking.type"),
    (#""max_tokens":2147483648"#, "max_tokens"), (#""n":2"#, "n"),
    (#""output_config":{"format":{"type":"grammar"}}"#, "output_config.format.type"),
    (#""output_config":{"format":{"type":"json_schema"}}"#, "output_config.format.schema"),
    (#""mcp_servers":[{"type":"url"}]"#, "mcp_servers"), (#""container":"c""#, "container"),
    (#""thread":{"type":"create"}"#, "thread"), (#""compaction":{"type":"summarize"}"#, "compaction"),
    (#""inference_geo":"eu""#, "inference_geo"), (#""tools":{}"#, "tools"), (#""tools":[1]"#, "tools[0]"),
    (#""tools":[{"name":"f"}]"#, "tools[0].input_schema"),
    (#""tools":[{"input_schema":{}}]"#, "tools[0].name"),
    (#""tools":[{"name":"f","input_schema":"{}"}]"#, "tools[0].input_schema"),
    (#""tools":[{"name":"","input_schema":{}}]"#, "tools[0].name"),
    (#""tools":[{"name":"f","input_schema":{}},{"name":"f","input_schema":{}}]"#, "tools[1].name"),
    (#""tools":[{"name":"f","description":1,"input_schema":{}}]"#, "tools[0].description"),
    (#""tools":[{"type":"computer_20250124","name":"computer"}]"#, "tools[0].type"),
    (#""tools":[{"type":"mcp_toolset","mcp_server_name":"x"}]"#, "tools[0].type"),
    (#""tool_choice":"auto""#, "tool_choice"), (#""tool_choice":{"type":"some"}"#, "tool_choice.type"),
    (#""tool_choice":{"type":"any"}"#, "tool_choice"),
    (#""tool_choice":{"type":"tool"}"#, "tool_choice.name"),
    (
      #""tools":[{"name":"f","input_schema":{}}],"tool_choice":{"type":"tool","name":"g"}"#,
      "tool_choice.name"
    ),
  ])
  func `members that make no sense are refused by their names`(members: String, place: String) throws {
    let text =
      #"{"model":"m",\#(members.contains("max_tokens") ? "" : #""max_tokens":9,"#)\#(members),"messages":[\#(user)]}"#
    let fault = #expect(throws: APIFault.self) {
      try AnthropicMessages().decode(Array(text.utf8), under: RequestPolicy())
    }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
    #expect(fault?.message.contains(place) == true)
  }

  @Test(arguments: [
    ("", nil), ("[]", nil), ("{", nil), (#"{"max_tokens":1,"messages":[]}"#, "model"),
    (#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#, "max_tokens"),
    (#"{"model":"m","max_tokens":1}"#, "messages"),
    (#"{"model":"m","max_tokens":1,"messages":[]}"#, "messages"),
    (#"{"model":"m","max_tokens":1,"messages":{}}"#, "messages"), (#"{"model":"m","model":"n"}"#, "model"),
  ])
  func `bodies that are no request`(text: String, place: String?) {
    let fault = #expect(throws: APIFault.self) {
      try AnthropicMessages().decode(Array(text.utf8), under: RequestPolicy())
    }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test func `too many of anything`() {
    let user = self.user
    let stops = (0..<5).map { "\"\($0)\"" }.joined(separator: ",")
    #expect(AnthropicTranscript.fault(user, #""stop_sequences":[\#(stops)]"#)?.parameter == "stop_sequences")
    let messages = Array(repeating: user, count: 10_001).joined(separator: ",")
    #expect(AnthropicTranscript.fault(messages)?.parameter == "messages")
    let tools = (0...10_000).map { #"{"name":"f\#($0)","input_schema":{}}"# }.joined(separator: ",")
    #expect(AnthropicTranscript.fault(user, #""tools":[\#(tools)]"#)?.parameter == "tools")
  }
}
