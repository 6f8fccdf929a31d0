import Foundation
import Testing

@testable import Dialects

@Suite struct AnthropicToolTests {
  private let user = AnthropicTranscript.user
  private let f = #"{"name":"f","input_schema":{"type":"object"}}"#

  @Test func `own tools become functions, their schemas byte for byte`() throws {
    let schema = #"{"type":"object","properties":{"b":{"maximum":1.0,"pattern":"a/b\u00e9"},"a":{}}}"#
    let seen = try AnthropicTranscript(
      user,
      #"""
      "tools":[{"name":"f","description":"d","input_schema":\#(schema),"cache_control":{},"strict":true},
       {"type":"custom","name":"g","input_schema":{}}]
      """#)
    #expect(seen.functions.map { $0["name"] as? String } == ["f", "g"])
    #expect(seen.functions[0]["description"] as? String == "d")
    #expect(seen.functions[0]["strict"] as? Bool == true)
    #expect(seen.decoded.sealed.contains(#""parameters":\#(schema)"#))
    #expect(seen.functions[1].keys.sorted() == ["name", "parameters"])
  }

  @Test(arguments: [
    ("auto", "auto"), ("any", "required"), ("none", "none"),
  ])
  func `the choice among tools`(asked: String, said: String) throws {
    let seen = try AnthropicTranscript(user, #""tools":[\#(f)],"tool_choice":{"type":"\#(asked)"}"#)
    #expect(seen.chat["tool_choice"] as? String == said)
    #expect(seen.chat["parallel_tool_calls"] == nil)
  }

  @Test func `one tool may be demanded, and one call at a time`() throws {
    let seen = try AnthropicTranscript(
      user, #""tools":[\#(f)],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}"#)
    let choice = try #require(seen.chat["tool_choice"] as? [String: Any])
    #expect(choice["type"] as? String == "function")
    #expect(choice["function"] as? [String: String] == ["name": "f"])
    #expect(seen.chat["parallel_tool_calls"] as? Bool == false)
  }

  @Test func `no tools, no choice`() throws {
    let seen = try AnthropicTranscript(user, #""tools":[],"tool_choice":{"type":"auto"}"#)
    #expect(seen.chat["tools"] == nil)
    #expect(seen.chat["tool_choice"] == nil)
  }

  @Test func `tools of Anthropic's servers go where there are others, and are refused alone`() throws {
    let hosted = #"{"type":"web_search_20250305","name":"web_search","max_uses":8}"#
    let seen = try AnthropicTranscript(user, #""tools":[\#(hosted),\#(f)]"#)
    #expect(seen.functions.map { $0["name"] as? String } == ["f"])
    let fault = AnthropicTranscript.fault(user, #""tools":[\#(hosted)]"#)
    #expect(fault?.parameter == "tools[0].type")
    let forced = AnthropicTranscript.fault(
      user, #""tools":[\#(hosted),\#(f)],"tool_choice":{"type":"tool","name":"web_search"}"#)
    #expect(forced?.parameter == "tool_choice.name")
  }

  @Test func `tools that Anthropic's models know by heart are told with their parameters`() throws {
    let seen = try AnthropicTranscript(
      user,
      #"""
      "tools":[{"type":"bash_20250124","name":"bash"},{"type":"text_editor_20250728","name":"str_replace_based_edit_tool"}]
      """#)
    #expect(seen.functions.map { $0["name"] as? String } == ["bash", "str_replace_based_edit_tool"])
    for function in seen.functions {
      let parameters = try #require(function["parameters"] as? [String: Any])
      let properties = try #require(parameters["properties"] as? [String: Any])
      #expect(properties["command"] != nil)
      #expect((function["description"] as? String)?.isEmpty == false)
    }
  }

  @Test func `deferred tools stay hidden until a search of the caller's finds them`() throws {
    let late = #"{"name":"late","defer_loading":true,"input_schema":{}}"#
    func names(_ messages: String, _ tools: String) throws -> [String?] {
      try AnthropicTranscript(messages, #""tools":[\#(tools)]"#).functions.map { $0["name"] as? String }
    }
    #expect(try names(user, f + "," + late) == ["f"])
    let search =
      user + "," + AnthropicTranscript.calls
        + #"""
        ,{"role":"user","content":[{"type":"tool_result","tool_use_id":"a",
          "content":[{"type":"tool_reference","tool_name":"late"}]},{"type":"tool_result","tool_use_id":"b"}]}
        """#
    #expect(try names(search, f + "," + late) == ["f", "late"])
    #expect(
      try AnthropicTranscript(search, #""tools":[\#(f)]"#).text(2) == "This tool can be called now: late")
    // The search that would find it runs on Anthropic's servers, so it would stay hidden for ever.
    let hosted = #"{"type":"tool_search_tool_bm25_20251119","name":"search"}"#
    #expect(try names(user, f + "," + late + "," + hosted) == ["f", "late"])
    #expect(try names(user, late) == ["late"])
  }
}
