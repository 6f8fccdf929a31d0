import Foundation
import Testing

@testable import Dialects

@Suite struct AnthropicBadMessageTests {
  private let user = AnthropicTranscript.user

  @Test(arguments: [
    ("1", "messages[0]"), (#"{"content":"x"}"#, "messages[0].role"),
    (#"{"role":"tool","content":"x"}"#, "messages[0].role"),
    (#"{"role":1,"content":"x"}"#, "messages[0].role"),
    (#"{"role":"user"}"#, "messages[0].content"), (#"{"role":"user","content":{}}"#, "messages[0].content"),
    (#"{"role":"user","content":["x"]}"#, "messages[0].content[0]"),
    (#"{"role":"user","content":[{"text":"x"}]}"#, "messages[0].content[0].type"),
    (#"{"role":"user","content":[{"type":"text","text":null}]}"#, "messages[0].content[0].text"),
    (#"{"role":"user","content":[{"type":"text","text":1}]}"#, "messages[0].content[0].text"),
    (
      #"{"role":"user","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}"#,
      "messages[0].content[0].type"
    ),
    (
      #"{"role":"user","content":[{"type":"container_upload","file_id":"x"}]}"#, "messages[0].content[0].type"
    ),
    (#"{"role":"user","content":[{"type":"\u001b[2J"}]}"#, "messages[0].content[0].type"),
    (#"{"role":"system","content":[{"type":"image"}]}"#, "messages[0].content[0].type"),
    (
      #"{"role":"system","content":[{"type":"tool_result","tool_use_id":"a"}]}"#,
      "messages[0].content[0].type"
    ),
    (#"{"role":"assistant","content":[{"type":"image"}]}"#, "messages[0].content[0].type"),
    (#"{"role":"assistant","content":[{"type":"server_tool_use","id":"a"}]}"#, "messages[0].content[0].type"),
    (#"{"role":"assistant","content":[{"type":"web_search_tool_result"}]}"#, "messages[0].content[0].type"),
    (
      #"{"role":"assistant","content":[{"type":"compaction","content":null}]}"#, "messages[0].content[0].type"
    ),
    (
      #"{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{}}]}"#,
      "messages[0].content[0].id"
    ),
    (
      #"{"role":"assistant","content":[{"type":"tool_use","id":"a","input":{}}]}"#,
      "messages[0].content[0].name"
    ),
    (
      #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f"}]}"#,
      "messages[0].content[0].input"
    ),
    (
      #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]}"#,
      "messages[0].content[0].input"
    ),
  ])
  func `messages that make no sense are refused with their place`(message: String, place: String) {
    let fault = AnthropicTranscript.fault(message)
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
    #expect(fault?.message.unicodeScalars.contains { $0.value < 0x20 } == false)
  }

  @Test(arguments: [
    (#"null"#, "source"), (#""x""#, "source"), (#"{}"#, "source.type"), (#"{"type":"ftp"}"#, "source.type"),
    (#"{"type":"file","file_id":"f"}"#, "source.file_id"), (#"{"type":"url"}"#, "source.url"),
    (#"{"type":"url","url":"data:text/html,x"}"#, "source.url"),
    (#"{"type":"url","url":"DATA:image/png;base64,eA=="}"#, "source.url"),
    (#"{"type":"url","url":"file:///etc/passwd"}"#, "source.url"),
    (#"{"type":"base64","data":"eA=="}"#, "source.media_type"),
    (#"{"type":"base64","media_type":"image/svg+xml","data":"eA=="}"#, "source.media_type"),
    (#"{"type":"base64","media_type":"image/png"}"#, "source.data"),
    (#"{"type":"base64","media_type":"image/png","data":""}"#, "source.data"),
    (#"{"type":"base64","media_type":"image/png","data":"aGVsbG8gd29ybGQhISEh"}"#, "source.data"),
    (#"{"type":"base64","media_type":"image/png","data":"%%%"}"#, "source.data"),
  ])
  func `images that are not images`(source: String, place: String) {
    let image = #"{"type":"image","source":\#(source)}"#
    #expect(
      AnthropicTranscript.fault(#"{"role":"user","content":[\#(image)]}"#)?.parameter
        == "messages[0].content[0].\(place)")
    let result =
      #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[\#(image)]}]}"#
    #expect(
      AnthropicTranscript.fault(AnthropicTranscript.calls + "," + result)?.parameter
        == "messages[1].content[0].content[0].\(place)")
  }

  @Test(arguments: [
    (#"{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}"#, "source.type"),
    (#"{"type":"url","url":"https://example.org/a.pdf"}"#, "source.type"),
    (#"{"type":"file","file_id":"f"}"#, "source.type"),
    (#"{"type":"text","media_type":"text/html","data":"x"}"#, "source.media_type"),
    (#"{"type":"text","media_type":"text/plain"}"#, "source.data"),
    (#"{"type":"content"}"#, "source.content"),
    (#"{"type":"content","content":[{"type":"document"}]}"#, "source.content[0].type"),
  ])
  func `documents that are not text`(source: String, place: String) {
    let fault = AnthropicTranscript.fault(
      #"{"role":"user","content":[{"type":"document","source":\#(source)}]}"#)
    #expect(fault?.status == 400)
    #expect(fault?.parameter == "messages[0].content[0].\(place)")
  }

  @Test func `results without their calls`() {
    func result(_ id: String) -> String { #"{"type":"tool_result","tool_use_id":"\#(id)","content":"x"}"# }
    func turn(_ results: String) -> String { #"{"role":"user","content":[\#(results)]}"# }
    let calls = user + "," + AnthropicTranscript.calls + ","
    for (messages, place) in [
      (turn(result("a")), "messages[0].content[0].tool_use_id"),
      (calls + turn(result("c")), "messages[2].content[0].tool_use_id"),
      (calls + turn(result("a") + "," + result("a")), "messages[2].content[1].tool_use_id"),
      (
        calls + turn(result("a")) + #",{"role":"assistant","content":"x"},"# + turn(result("b")),
        "messages[4].content[0].tool_use_id"
      ),
    ] {
      let fault = AnthropicTranscript.fault(messages)
      #expect(fault?.parameter == place)
      #expect(fault?.code == "tool_result_without_call")
    }
    let nameless = turn(#"{"type":"tool_result","content":"x"}"#)
    #expect(AnthropicTranscript.fault(calls + nameless)?.parameter == "messages[2].content[0].tool_use_id")
    let twice = #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}"#
    #expect(AnthropicTranscript.fault(twice + "," + twice)?.parameter == "messages[1].content[0].id")
  }

  @Test func `a result that claims to be an error in words`() {
    let messages =
      AnthropicTranscript.calls
      + #",{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":"yes"}]}"#
    #expect(AnthropicTranscript.fault(messages)?.parameter == "messages[1].content[0].is_error")
  }
}
