import Testing

@testable import Dialects

@Suite struct ChatMessagesTests {
  private static let call =
    #"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#

  @Test(arguments: [
    #"{"role":"user","content":"q"}"#,
    #"{ "role" : "system","content":"s" } , {"content":"","role":"user","name":"Ann"}"#,
    #"{"role":"user","content":"q"},{"role":"assistant","content":"a","reasoning_content":"r"},{"role":"user","content":"q"}"#,
    #"{"role":"user","content":"q"},\#(call),{"role":"tool","tool_call_id":"c1","content":"r\/\u00e9"}"#,
    #"{"role":"assistant","content":null}"#,
    #"{"role":"assistant","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"no json"},"index":0}]}"#,
    #"{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAAN","detail":"low"}}]}"#,
    #"{"role":"user","content":"q","x-unknown":{"a":[1.0]}}"#,
  ])
  func `messages that templates understand stay byte for byte`(messages: String) throws {
    #expect(try sealedMessages(messages) == messages)
  }

  @Test(arguments: [
    // Roles
    (#"{"role":"developer","content":"d"}"#, #"{"role":"system","content":"d"}"#),
    (
      #"{"role":"system","content":"a"},{"role":"developer","content":"b\n"},{"role":"user","content":"q"}"#,
      #"{"role":"system","content":"a\n\nb\n"},{"role":"user","content":"q"}"#
    ),
    (
      #"{"role":"user","content":"q"}, {"role":"system","content":"s"} ,{"role":"user","content":"r"}"#,
      #"{"role":"user","content":"q"},{"role":"user","content":"<system-reminder>\ns\n</system-reminder>"},{"role":"user","content":"r"}"#
    ),
    (
      #"{"role":"system","content":"a"},{"role":"user","content":"q"},{"role":"developer","content":[{"type":"text","text":"b"}]}"#,
      #"{"role":"system","content":"a"},{"role":"user","content":"q"},{"role":"user","content":"<system-reminder>\nb\n</system-reminder>"}"#
    ),
    // Content
    (
      #"{"role":"user","content":[{"type":"text","text":"a\u00e9"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}"#,
      #"{"role":"user","content":"a\u00e9\nb"}"#
    ),
    (#"{"role":"user","content":[]}"#, #"{"role":"user","content":""}"#),
    (
      #"{"role":"assistant","content":[{"type":"thinking","thinking":"t"},{"type":"output_text","text":"a"},{"type":"refusal","refusal":"no"}]}"#,
      #"{"role":"assistant","content":"a\nno"}"#
    ),
    (
      #"{"role":"system","content":"s","cache_control":{"type":"ephemeral"}}"#,
      #"{"role":"system","content":"s"}"#
    ),
    (
      #"{"role":"user","content":[{"type":"text","text":"a","cache_control":{}},{"type":"image_url","cache_control":{},"image_url": {"url":"data:image/gif;base64,R0lGODlhAQAB"}}]}"#,
      #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url": {"url":"data:image/gif;base64,R0lGODlhAQAB"}}]}"#
    ),
    (
      #"{"role":"user","content":[{"type":"image_url","image_url":"data:image\/gif;base64,R0lGODlhAQAB"}]}"#,
      #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image\/gif;base64,R0lGODlhAQAB"}}]}"#
    ),
    // Members of an assistant's message
    (
      #"{"role":"assistant","content":"a","refusal":null,"annotations":[],"audio":null,"function_call":null,"tool_calls":null,"reasoning":"r","reasoning_details":[1],"reasoning_content":"c"}"#,
      #"{"role":"assistant","content":"a","reasoning_content":"c"}"#
    ),
    (#"{"role":"assistant","content":"a","tool_calls":[]}"#, #"{"role":"assistant","content":"a"}"#),
    (
      #"{"role":"assistant","content":null,"refusal":"I won't"}"#,
      #"{"role":"assistant","content":"I won't"}"#
    ),
    (#"{"role":"assistant","refusal":"I won't"}"#, #"{"role":"assistant","content":"I won't"}"#),
    (#"{"role":"user","content":"q","name":null}"#, #"{"role":"user","content":"q"}"#),
    // Calls
    (
      #"{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a" : 1.0}}},{"id":"d","type":"function","function":{"name":"g","arguments":""}},{"id":"e","type":"function","function":{"name":"h"}}]}"#,
      #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1.0}"}},{"id":"d","type":"function","function":{"name":"g","arguments":"{}"}},{"id":"e","type":"function","function":{"name":"h","arguments":"{}"}}]}"#
    ),
    (
      #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"custom","custom":{"name":"patch","input":"a\n\"b\""}}]},{"role":"tool","tool_call_id":"c","content":null}"#,
      #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"patch","arguments":"{\"input\":\"a\\n\\\"b\\\"\"}"}}]},{"role":"tool","tool_call_id":"c","content":""}"#
    ),
    (
      #"{"role":"user","content":"q"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},{"role":"function","name":"f","content":"r"}"#,
      #"{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_function_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","name":"f","content":"r","tool_call_id":"call_function_1"}"#
    ),
    (
      #"{"role":"assistant","tool_calls":[],"function_call":{"name":"f"}},{"role":"function","tool_call_id":"own","content":null}"#,
      #"{"role":"assistant","tool_calls":[{"id":"call_function_0","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"","tool_call_id":"call_function_0"}"#
    ),
  ])
  func `messages that break templates are mended`(messages: String, expected: String) throws {
    #expect(try sealedMessages(messages) == expected)
    let pass = RequestPolicy(messages: .pass)
    #expect(try sealedMessages(messages, pass) == messages)
  }

  @Test func `what was mended needs no mending`() throws {
    let messages = #"""
      {"role":"developer","content":[{"type":"text","text":"a"}]},{"role":"system","content":"b"},{"role":"user","content":"q"},
      {"role":"system","content":"c"},{"role":"assistant","function_call":{"name":"f","arguments":""}},
      {"role":"function","name":"f","content":"r"},{"role":"assistant","content":null,"refusal":"no"}
      """#
    let once = try sealedMessages(messages)
    #expect(try sealedMessages(once) == once)
  }

  @Test func `a leading system message with an image merges into a list`() throws {
    let image = #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQAB"}}"#
    #expect(
      try sealedMessages(#"{"role":"system","content":"a"},{"role":"system","content":[\#(image)]}"#)
        == #"{"role":"system","content":[{"type":"text","text":"a"},\#(image)]}"#)
    let late = try sealedMessages(#"{"role":"user","content":"q"},{"role":"system","content":[\#(image)]}"#)
    #expect(late.contains(#"[{"type":"text","text":"<system-reminder>\n"},\#(image),{"type":"text""#))
  }

  @Test func `a message that is mended leaves those around it byte for byte`() throws {
    let before =
      #"{ "role":"user" , "content":"\/ \u00e9 1" }  ,  {"role":"assistant","content":"x","k":1.50}"#
    let after = #"{"content" :"z","role":"user"}"#
    #expect(
      try sealedMessages(before + #",{"role":"assistant","content":"y","audio":null},"# + after)
        == before + #",{"role":"assistant","content":"y"},"# + after)
  }

  @Test(arguments: [
    (#"{"content":"q"}"#, "missing_required_parameter", "messages[0].role"),
    (#"{"role":null,"content":"q"}"#, "missing_required_parameter", "messages[0].role"),
    (#"{"role":7,"content":"q"}"#, "invalid_type", "messages[0].role"),
    (#"{"role":"user","content":"q"},{"role":"robot","content":"q"}"#, "invalid_value", "messages[1].role"),
    (#"{"role":"user"}"#, "missing_required_parameter", "messages[0].content"),
    (#"{"role":"user","content":null}"#, "missing_required_parameter", "messages[0].content"),
    (#"{"role":"system"}"#, "missing_required_parameter", "messages[0].content"),
    (#"{"role":"assistant"}"#, "missing_required_parameter", "messages[0].content"),
    (#"{"role":"user","content":7}"#, "invalid_type", "messages[0].content"),
    (#"{"role":"user","content":{"type":"text","text":"q"}}"#, "invalid_type", "messages[0].content"),
    (#"{"role":"user","content":["q"]}"#, "invalid_type", "messages[0].content[0]"),
    (
      #"{"role":"user","content":[{"text":"q"}]}"#, "missing_required_parameter",
      "messages[0].content[0].type"
    ),
    (
      #"{"role":"user","content":[{"type":"text"}]}"#, "missing_required_parameter",
      "messages[0].content[0].text"
    ),
    (#"{"role":"user","content":[{"type":"text","text":1}]}"#, "invalid_type", "messages[0].content[0].text"),
    (
      #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{}}]}"#,
      "unsupported_parameter", "messages[0].content[1].type"
    ),
    (
      #"{"role":"user","content":[{"type":"file","file":{}}]}"#, "unsupported_parameter",
      "messages[0].content[0].type"
    ),
    (#"{"role":"tool","content":"r"}"#, "missing_required_parameter", "messages[0].tool_call_id"),
    (
      #"{"role":"tool","tool_call_id":"no","content":"r"}"#, "tool_result_without_call",
      "messages[0].tool_call_id"
    ),
    (
      #"{"role":"tool","tool_call_id":"c1","content":"r"},\#(call)"#, "tool_result_without_call",
      "messages[0].tool_call_id"
    ),
    (#"{"role":"function","name":"f","content":"r"}"#, "tool_result_without_call", "messages[0].name"),
    (#"{"role":"assistant","tool_calls":{}}"#, "invalid_type", "messages[0].tool_calls"),
    (#"{"role":"assistant","tool_calls":[1]}"#, "invalid_type", "messages[0].tool_calls[0]"),
    (
      #"{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f"}}]}"#,
      "missing_required_parameter", "messages[0].tool_calls[0].id"
    ),
    (
      #"{"role":"assistant","tool_calls":[{"id":"a","type":"function"}]}"#, "missing_required_parameter",
      "messages[0].tool_calls[0].function"
    ),
    (
      #"{"role":"assistant","tool_calls":[{"id":"a","function":{"arguments":"{}"}}]}"#,
      "missing_required_parameter", "messages[0].tool_calls[0].function.name"
    ),
    (
      #"{"role":"assistant","tool_calls":[{"id":"a","type":"odd","function":{}}]}"#, "invalid_value",
      "messages[0].tool_calls[0].type"
    ),
    (#"{"role":"user","content":"q","content":"r"}"#, "duplicate_member", "content"),
  ])
  func `what is no conversation is a 400 that names the place`(
    messages: String, code: String, parameter: String
  ) {
    let fault = #expect(throws: APIFault.self) { try decodeChat(#"{"model":"m","messages":[\#(messages)]}"#) }
    #expect(fault?.status == 400)
    #expect(fault?.code == code)
    #expect(fault?.parameter == parameter)
  }

  @Test(arguments: [
    #"{"role":"ipython","content":"q"}"#, #"{"role":"tool","tool_call_id":"no","content":"r"}"#,
    #"{"content":null}"#,
    #"{"role":"assistant","tool_calls":[{}],"function_call":null,"reasoning":"r"}"#,
  ])
  func `where messages pass as they came, it is the router's to judge them`(messages: String) throws {
    #expect(try sealedMessages(messages, RequestPolicy(messages: .pass)) == messages)
    #expect(throws: APIFault.self) { try sealedMessages(messages) }
  }

  @Test func `where messages pass as they came, parts that are no text are refused all the same`() {
    let message =
      #"{"role":"user","content":[{"type":"video_url","video_url":{"url":"http://example.com"}}]}"#
    let fault = #expect(throws: APIFault.self) { try sealedMessages(message, RequestPolicy(messages: .pass)) }
    #expect(fault?.parameter == "messages[0].content[0].type")
  }

  @Test func `too many messages are refused`() throws {
    let message = #"{"role":"user","content":"q"}"#
    func body(_ count: Int) -> String { Array(repeating: message, count: count).joined(separator: ",") }
    _ = try sealedMessages(body(10_000))
    for policy in [RequestPolicy(), RequestPolicy(messages: .pass)] {
      let fault = #expect(throws: APIFault.self) {
        try decodeChat(#"{"model":"m","messages":[\#(body(10_001))]}"#, policy)
      }
      #expect(fault?.parameter == "messages")
      #expect(fault?.message.contains("10000") == true)
    }
  }
}
