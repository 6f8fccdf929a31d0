import Foundation
import Testing

@testable import Dialects

@Suite struct AnthropicMessageTests {
  private let user = AnthropicTranscript.user
  private let calls = AnthropicTranscript.calls
  private let png = AnthropicTranscript.png

  @Test func `system as text and as blocks, texts in strings and blocks, prefill`() throws {
    let seen = try AnthropicTranscript(
      #"""
      {"role":"user","content":[{"type":"text","text":"one","cache_control":{"type":"ephemeral"}},{"type":"text","text":"two"}]},
      {"role":"assistant","content":"The answer is ("}
      """#, #""system":[{"type":"text","text":"Be"},{"type":"text","text":"brief","cache_control":{}}]"#)
    #expect(seen.roles == ["system", "user", "assistant"])
    #expect([seen.text(0), seen.text(1), seen.text(2)] == ["Be|brief", "one|two", "The answer is ("])
    #expect(try AnthropicTranscript(user, #""system":"s""#).text(0) == "s")
    #expect(try AnthropicTranscript(user, #""system":[]"#).roles == ["user"])
  }

  @Test func `texts keep every byte, escapes and odd characters too`() throws {
    let text = #"a\u0000\"\\\/ é👩‍👩‍👧 \ud83d\ude00 \n"#
    let seen = try AnthropicTranscript(#"{"role":"user","content":[{"type":"text","text":"\#(text)"}]}"#)
    #expect(seen.decoded.sealed.contains(#""content":"\#(text)""#))
  }

  @Test func `Claude Code's accounting line does not reach the model`() throws {
    let seen = try AnthropicTranscript(
      user,
      #"""
      "system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.330.aad;"},{"type":"text","text":"You are"}]
      """#)
    #expect(seen.text(0) == "You are")
  }

  @Test func `a system message after the user turn stays where it is`() throws {
    let seen = try AnthropicTranscript(
      user + #",{"role":"system","content":"Environment:"},{"role":"user","content":"and?"}"#)
    #expect(seen.roles == ["user", "system", "user"])
    #expect(seen.text(1) == "Environment:")
  }

  @Test func `messages of one side in a row become one`() throws {
    let seen = try AnthropicTranscript(
      user + #",{"role":"user","content":"there"},{"role":"assistant","content":"a"},"#
        + #"{"role":"assistant","content":[{"type":"text","text":"b"}]},"# + user)
    #expect(seen.roles == ["user", "assistant", "user"])
    #expect(seen.text(0) == "hi|there")
    #expect(seen.text(1) == "a|b")
  }

  @Test func `results come before the text of their turn and in the order of their calls`() throws {
    let seen = try AnthropicTranscript(
      user + "," + calls
        + #"""
        ,{"role":"user","content":[{"type":"text","text":"go on"},
          {"type":"tool_result","tool_use_id":"b","content":[{"type":"text","text":"B"}]}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"A","is_error":true}]}
        """#)
    #expect(seen.roles == ["user", "assistant", "tool", "tool", "user"])
    #expect(seen.messages[2]["tool_call_id"] as? String == "a")
    #expect(seen.text(2) == "The tool reported an error:\nA")
    #expect(seen.messages[3]["tool_call_id"] as? String == "b")
    #expect(seen.text(3) == "B")
    #expect(seen.text(4) == "go on")
  }

  @Test func `a turn of results only makes no user message; a result may be empty`() throws {
    let seen = try AnthropicTranscript(
      user + "," + calls
        + #",{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"},{"type":"tool_result","tool_use_id":"b","content":[]}]}"#
    )
    #expect(seen.roles == ["user", "assistant", "tool", "tool"])
    #expect([seen.text(2), seen.text(3)] == ["", ""])
  }

  @Test func `calls keep their input byte for byte, as text in a string`() throws {
    let seen = try AnthropicTranscript(user + "," + calls)
    let made = try #require(seen.messages[1]["tool_calls"] as? [[String: Any]])
    #expect(made.map { $0["id"] as? String } == ["a", "b"])
    #expect(made.map { $0["type"] as? String } == ["function", "function"])
    let functions = made.compactMap { $0["function"] as? [String: String] }
    #expect(
      functions == [["name": "f", "arguments": #"{"z":1.0,"y":[]}"#], ["name": "g", "arguments": "{}"]])
    #expect(seen.messages[1]["content"] is NSNull)
  }

  @Test func `images of a result come in the user message after it`() throws {
    let image = #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(png)"}}"#
    let seen = try AnthropicTranscript(
      user + "," + calls
        + #"""
        ,{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[\#(image),{"type":"text","text":"2 by 2"}]},
          {"type":"tool_result","tool_use_id":"b","content":"B"},{"type":"text","text":"what is it?"}]}
        """#)
    #expect(seen.roles == ["user", "assistant", "tool", "tool", "user"])
    #expect(seen.text(2) == "2 by 2|The image that this tool returned is in the next message.")
    #expect(seen.images(4) == ["data:image/png;base64,\(png)"])
    #expect(seen.text(4) == "The image that the tool call a returned:|what is it?")
  }

  @Test func `images say their true type, whatever the request calls them`() throws {
    let seen = try AnthropicTranscript(
      #"{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"\#(png)"}}]}"#
    )
    #expect(seen.images(0) == ["data:image/png;base64,\(png)"])
  }

  @Test func `remote images only where the policy passes them, inline addresses always`() throws {
    func message(_ url: String) -> String {
      #"{"role":"user","content":[{"type":"image","source":{"type":"url","url":"\#(url)"}}]}"#
    }
    let remote = message("https://example.org/cat.png")
    let fault = AnthropicTranscript.fault(remote)
    #expect(fault?.parameter == "messages[0].content[0].source.url")
    #expect(fault?.status == 400)
    let seen = try AnthropicTranscript(remote, "", RequestPolicy(messages: .pass, remoteImages: .pass))
    #expect(seen.images(0) == ["https://example.org/cat.png"])
    let inline = "data:image/png;base64,\(png)"
    #expect(try AnthropicTranscript(message(inline)).images(0) == [inline])
  }

  @Test func `thoughts go back only where they led to calls; what nobody can read goes`() throws {
    let thought =
      #"{"type":"thinking","thinking":"hm","signature":""},{"type":"redacted_thinking","data":"x"}"#
    let seen = try AnthropicTranscript(
      user + #",{"role":"assistant","content":[\#(thought),{"type":"text","text":"A"}]},"# + user
        + #",{"role":"assistant","content":[\#(thought),{"type":"tool_use","id":"a","name":"f","input":{}}]}"#
    )
    #expect(seen.text(1) == "A")
    #expect(seen.messages[1]["reasoning_content"] == nil)
    #expect(seen.messages[3]["reasoning_content"] as? String == "hm")
    let alone = try AnthropicTranscript(user + #",{"role":"assistant","content":[\#(thought)]}"#)
    #expect(alone.text(1) == "")
  }

  @Test func `documents, search results, found tools and summaries are told as text`() throws {
    let seen = try AnthropicTranscript(
      #"""
      {"role":"assistant","content":[{"type":"compaction","content":"So far: nothing."},{"type":"fallback","from":{},"to":{}}]},
      {"role":"user","content":[
       {"type":"document","title":"T \"q\"","context":"C","source":{"type":"text","media_type":"text/plain","data":"D\nE"}},
       {"type":"document","source":{"type":"content","content":[{"type":"text","text":"F"}]}},
       {"type":"search_result","source":"http://x/","title":"S","content":[{"type":"text","text":"G"}]}]}
      """#)
    #expect(seen.text(0) == "So far: nothing.")
    #expect(
      seen.text(1) == "<document>\nTitle: T \"q\"\nContext: C\nD\nE\n</document>|<document>\n|F|\n</document>"
        + "|<search_result>\nSource: http://x/\nTitle: S\n|G|\n</search_result>")
  }
}
