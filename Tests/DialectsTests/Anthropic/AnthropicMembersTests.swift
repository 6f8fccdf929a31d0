import Testing

@testable import Dialects

@Suite struct AnthropicMembersTests {
  private let user = AnthropicTranscript.user

  @Test func `a member that is not known goes on to the chat step`() throws {
    let seen = try AnthropicTranscript(user, #""tool_chioce":{"type":"any"},"min_p":0.10,"store":true"#)
    #expect(seen.chat["tool_chioce"] as? [String: String] == ["type": "any"])
    #expect(seen.decoded.sealed.contains(#""min_p":0.10"#))
    #expect(seen.chat["store"] == nil)
    let lean = try AnthropicTranscript(
      user, #""tool_chioce":{"type":"any"}"#, RequestPolicy(members: .minimal, messages: .pass))
    #expect(lean.chat["tool_chioce"] == nil)
  }

  @Test func `a member of chat beside its name here does not count`() throws {
    let seen = try AnthropicTranscript(
      user,
      #"""
      "stop":["no"],"stop_sequences":["yes"],"response_format":{"type":"json_object"},"parallel_tool_calls":true,
      "output_config":{"format":{"type":"json_schema","schema":{}}},"tools":[{"name":"f","input_schema":{}}],
      "tool_choice":{"type":"auto","disable_parallel_tool_use":true}
      """#)
    #expect(seen.chat["stop"] as? [String] == ["yes"])
    #expect((seen.chat["response_format"] as? [String: Any])?["type"] as? String == "json_schema")
    #expect(seen.chat["parallel_tool_calls"] as? Bool == false)
  }

  @Test func `no thinking is asked for in the template's words`() throws {
    let seen = try AnthropicTranscript(user, #""thinking":{"type":"disabled"}"#)
    #expect(seen.chat["chat_template_kwargs"] as? [String: Bool] == ["enable_thinking": false])
    let own = try AnthropicTranscript(
      user, #""thinking":{"type":"disabled"},"chat_template_kwargs":{"enable_thinking":true}"#)
    #expect(own.chat["chat_template_kwargs"] as? [String: Bool] == ["enable_thinking": true])
    for members in ["", #""thinking":null"#, #""thinking":{"type":"adaptive"}"#] {
      #expect(try AnthropicTranscript(user, members).chat["chat_template_kwargs"] == nil)
    }
  }
}
