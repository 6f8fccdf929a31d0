import Foundation
import Testing

@testable import Dialects

@Suite struct ResponsesInputTests {
  private static let pixel =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"

  private func messages(_ items: String, _ policy: RequestPolicy = RequestPolicy()) throws -> [ParsedObject] {
    try ResponsesText.messages(items, policy)
  }

  @Test func `a string is a user's message after the instructions`() throws {
    let sealed = try ResponsesText.sealed(#""input":"h\u00e9 \n","instructions":"be \"nice\"""#)
    let messages = sealed.list("messages")
    #expect(messages.map { $0.text("role") } == ["system", "user"])
    #expect(messages.map { $0.text("content") } == ["be \"nice\"", "hé \n"])
    #expect(Set(sealed.keys) == ["model", "messages"])
  }

  @Test func `messages come with a type, without one, with a string or with parts`() throws {
    let messages = try messages(
      #"{"role":"user","content":"a"},{"type":"message","role":"assistant","id":"msg_1","status":"completed","#
        + #""content":[{"type":"output_text","text":"b","annotations":[]},{"type":"refusal","refusal":"c"}]},"#
        + #"{"type":"message","role":"user","content":[{"type":"input_text","text":"d"}]},{"role":"user","content":[]}"#
    )
    #expect(messages.first?.text("content") == "a")
    #expect(messages[1].text("content") == "bc")
    #expect(messages[1].text("role") == "assistant")
    #expect(messages[2].text("content")?.hasPrefix("d") == true)
  }

  @Test func `an image goes on as an image`() throws {
    let messages = try messages(
      #"{"role":"user","content":[{"type":"input_text","text":"look"},"#
        + #"{"type":"input_image","image_url":"\#(Self.pixel)","detail":"original"}]}"#)
    let parts = messages[0].list("content")
    #expect(parts.map { $0.text("type") } == ["text", "image_url"])
    #expect(parts[1].object("image_url") as? [String: String] == ["url": Self.pixel, "detail": "high"])
  }

  @Test func `consecutive calls are one message together with what was said before them`() throws {
    let messages = try messages(
      #"{"role":"user","content":"go"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"zzz"},"#
        + #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},"#
        + #"{"type":"function_call","call_id":"a","name":"f","arguments":"{\"x\":1.0}"},"#
        + #"{"type":"function_call","call_id":"b","name":"g","namespace":"mcp__s__","arguments":""},"#
        + #"{"type":"custom_tool_call","call_id":"c","name":"p","input":"line \"1\"\n"},"#
        + #"{"type":"function_call_output","call_id":"b","output":"B"},"#
        + #"{"type":"function_call_output","call_id":"a","output":[{"type":"input_text","text":"A1"},"#
        + #"{"type":"input_text","text":"A2"}]},{"type":"custom_tool_call_output","call_id":"c","output":"C"},"#
        + #"{"type":"function_call","call_id":"d","name":"f","arguments":"{}"},"#
        + #"{"type":"function_call_output","call_id":"d","output":""}"#)
    #expect(
      messages.map { $0.text("role") } == ["user", "assistant", "tool", "tool", "tool", "assistant", "tool"])
    #expect(messages[1].text("content") == "I look.")
    let calls = messages[1].list("tool_calls")
    #expect(calls.map { $0.text("id") } == ["a", "b", "c"])
    #expect(calls.map { $0.object("function").text("name") } == ["f", "mcp__s__g", "p"])
    #expect(calls.map { $0.object("function").text("arguments") }[..<2] == [#"{"x":1.0}"#, "{}"])
    let custom = try ResponsesText.parsed(try #require(calls[2].object("function").text("arguments")).utf8)
    #expect(custom as? [String: String] == ["input": "line \"1\"\n"])
    #expect(messages[2...4].map { $0.text("tool_call_id") } == ["b", "a", "c"])
    #expect(messages[2...4].map { $0.text("content") } == ["B", "A1\nA2", "C"])
    #expect(messages[5]["content"] is NSNull)
    #expect(messages[5].list("tool_calls").count == 1)
  }

  @Test func `what is said between a call and its output belongs to the same message`() throws {
    let messages = try messages(
      #"{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"role":"assistant","content":"one"},"#
        + #"{"role":"assistant","content":"two"},{"type":"function_call_output","call_id":"a","output":"A"}"#)
    #expect(messages.map { $0.text("role") } == ["assistant", "tool"])
    #expect(messages[0].text("content") == "one\ntwo")
  }

  @Test func `images of tools' outputs follow in a user's message after the last output`() throws {
    let messages = try messages(
      #"{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},"#
        + #"{"type":"function_call","call_id":"b","name":"f","arguments":"{}"},"#
        + #"{"type":"function_call_output","call_id":"a","output":[{"type":"input_image","image_url":"\#(Self.pixel)"}]},"#
        + #"{"type":"function_call_output","call_id":"b","output":"B"}"#)
    #expect(messages.map { $0.text("role") } == ["assistant", "tool", "tool", "user"])
    #expect(messages[1].text("content")?.contains("next user message") == true)
    #expect(messages[3].list("content").map { $0.text("type") } == ["image_url"])
  }

  @Test func `what another agent says is a user's message`() throws {
    let messages = try messages(
      #"{"type":"agent_message","author":"lead","recipient":"lead/w","content":["#
        + #"{"type":"input_text","text":"NEW_TASK"},{"type":"encrypted_content","encrypted_content":"count"}]}"#
    )
    #expect(messages.map { $0.text("role") } == ["user"])
    #expect(messages[0].text("content") == "NEW_TASK\ncount")
  }

  @Test func `references and reasoning are left out, also without a type`() throws {
    let messages = try messages(
      #"{"type":"item_reference","id":"x"},{"id":"y"},{"type":"reasoning","summary":[{"type":"summary_text","text":"t"}]},"#
        + #"{"role":"user","content":"a"}"#)
    #expect(messages.map { $0.text("content") } == ["a"])
  }

  @Test func `twenty thousand calls are read in no time`() throws {
    let calls = (0..<20_000).map {
      #"{"type":"function_call","call_id":"c\#($0)","name":"f","arguments":"{}"}"#
    }
    let start = ContinuousClock.now
    let messages = try messages(calls.joined(separator: ","))
    #expect(messages[0].list("tool_calls").count == 20_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test(arguments: [
    (#"{"type":"local_shell_call","id":"x"}"#, "input[0].type", "local_shell_call"),
    (#"{"type":"compaction","encrypted_content":"x"}"#, "input[0].type", "compaction"),
    (#"{"type":"frobnicate"}"#, "input[0].type", "frobnicate"), (#"{"type":7}"#, "input[0].type", "string"),
    (#"{}"#, "input[0].type", "message"), (#""x""#, "input[0]", "object"), ("null", "input[0]", "object"),
    (#"{"role":"user"}"#, "input[0].content", "string"),
    (#"{"role":"bot","content":""}"#, "input[0].role", "bot"),
    (#"{"role":"user","content":7}"#, "input[0].content", "list"),
    (#"{"role":"user","content":["x"]}"#, "input[0].content[0]", "object"),
    (#"{"role":"user","content":[{"type":"input_text"}]}"#, "input[0].content[0].text", "string"),
    (
      #"{"role":"user","content":[{"type":"input_file","file_id":"f"}]}"#, "input[0].content[0].type", "files"
    ),
    (#"{"role":"user","content":[{"type":"input_audio"}]}"#, "input[0].content[0].type", "audio"),
    (#"{"role":"user","content":[{"type":"hologram"}]}"#, "input[0].content[0].type", "hologram"),
    (#"{"role":"user","content":[{"type":"input_image"}]}"#, "input[0].content[0].image_url", "data:"),
    (
      #"{"role":"user","content":[{"type":"input_image","file_id":"f"}]}"#, "input[0].content[0].file_id",
      "data:"
    ),
    (
      #"{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":{"url":"x"}}]}"#,
      "input[0].content[1].image_url", "string"
    ),
    (
      #"{"role":"user","content":[{"type":"input_image","image_url":"HTTPS:\/\/a.b/c.png"}]}"#,
      "input[0].content[0].image_url", "compat.remote_images"
    ),
    (
      #"{"role":"user","content":[{"type":"input_image","image_url":"file:///etc/passwd"}]}"#,
      "input[0].content[0].image_url", "data:"
    ),
    (
      #"{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,aGVsbG8gd29ybGQ="}]}"#,
      "input[0].content[0].image_url", "PNG"
    ),
    (
      #"{"role":"assistant","content":[{"type":"input_image","image_url":"\#(pixel)"}]}"#,
      "input[0].content[0].type", "user"
    ),
    (#"{"type":"function_call","name":"f","arguments":"{}"}"#, "input[0].call_id", "string"),
    (#"{"type":"function_call","call_id":"a","arguments":"{}"}"#, "input[0].name", "string"),
    (#"{"type":"function_call","call_id":"a","name":"f","arguments":{}}"#, "input[0].arguments", "string"),
    (#"{"type":"custom_tool_call","call_id":"a","name":"f"}"#, "input[0].input", "string"),
    (#"{"type":"function_call_output","call_id":"zzz","output":"x"}"#, "input[0].call_id", "zzz"),
    (
      #"{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a"}"#,
      "input[1].output", "string"
    ),
    (
      #"{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a","output":{"x":1}}"#,
      "input[1].output", "string"
    ),
    (#"{"type":"additional_tools"}"#, "input[0].tools", "tools"),
    (#"{"type":"additional_tools","tools":[{"type":"function"}]}"#, "input[0].tools[0].name", "string"),
    (#"{"role":"user","role":"system","content":""}"#, "role", "twice"), ("", "input", "message"),
    (#"{"type":"item_reference","id":"x"}"#, "input", "message"),
  ])
  func `an item that cannot be understood is refused by its place`(items: String, place: String, word: String)
  {
    let fault = #expect(throws: APIFault.self) { try messages(items) }
    #expect(fault?.status == 400)
    #expect(fault?.type == "invalid_request_error")
    #expect(fault?.parameter == place)
    #expect(fault?.message.contains(word) == true)
  }

  @Test func `more messages than any template takes are refused`() throws {
    let most = Array(repeating: #"{"role":"user","content":"a"}"#, count: ResponsesConversation.messageLimit)
    #expect(try messages(most.joined(separator: ",")).count == most.count)
    let fault = #expect(throws: APIFault.self) { try messages((most + [most[0]]).joined(separator: ",")) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == "input")
  }

  @Test func `a remote image is passed on where the configuration says so`() throws {
    let messages = try messages(
      #"{"role":"user","content":[{"type":"input_image","image_url":"https://a.b/c.png"}]}"#,
      RequestPolicy(remoteImages: .pass))
    #expect(messages[0].list("content")[0].object("image_url").text("url") == "https://a.b/c.png")
  }
}
