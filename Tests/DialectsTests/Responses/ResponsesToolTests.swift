import Foundation
import Testing

@testable import Dialects

@Suite struct ResponsesToolTests {
  private static let tools =
    #"{"type":"function","name":"f","description":"d","strict":false,"parameters":{"z":1.0,"a":{}}},"#
    + #"{"type":"custom","name":"apply_patch","description":"Edits.","format":{"type":"grammar","syntax":"lark","#
    + #""definition":"start: \"x\"\n"}},{"type":"namespace","name":"mcp__git","description":"g","tools":["#
    + #"{"type":"function","name":"status"},{"type":"custom","name":"raw"}]}"#

  private func sealed(_ tools: String, _ more: String = "") throws -> ParsedObject {
    try ResponsesText.sealed(#""input":"x","tools":[\#(tools)]\#(more)"#)
  }

  private func names(_ sealed: ParsedObject) -> [String] {
    sealed.list("tools").compactMap { $0.object("function").text("name") }
  }

  @Test func `functions are nested and keep their bytes`() throws {
    let request = try ResponsesText.decode(#"{"model":"m","input":"x","tools":[\#(Self.tools)]}"#)
    #expect(
      request.sealed.contains(
        #"{"type":"function","function":{"name":"f","description":"d","parameters":{"z":1.0,"a":{}},"strict":false}}"#
      ))
    let sealed = try ResponsesText.parsed(request.sealed.utf8)
    #expect(names(sealed) == ["f", "apply_patch", "mcp__git__status", "mcp__git__raw"])
    #expect(sealed.list("tools").allSatisfy { $0.text("type") == "function" })
    #expect(sealed.list("tools")[2].object("function").object("parameters").text("type") == "object")
  }

  @Test func `a custom tool is a function of one string that is told its grammar`() throws {
    let tool = try sealed(Self.tools).list("tools")[1].object("function")
    #expect(tool.text("description") == "Edits.")
    let input = tool.object("parameters").object("properties").object("input")
    #expect(input.text("type") == "string")
    #expect(input.text("description")?.contains("lark") == true)
    #expect(input.text("description")?.hasSuffix("start: \"x\"\n") == true)
    #expect(tool.object("parameters")["required"] as? [String] == ["input"])
    #expect(tool["format"] == nil)
  }

  @Test func `what a namespace says of itself is said on its first tool`() throws {
    let functions = try sealed(Self.tools).list("tools").map { $0.object("function") }
    #expect(functions[2].text("description") == "All tools of mcp__git: g")
    #expect(functions[3]["description"] == nil)
    let described = try sealed(
      #"{"type":"namespace","name":"n","description":"say \"hi\"","tools":[{"type":"function","name":"a","description":"d"}]}"#
    )
    #expect(
      described.list("tools")[0].object("function").text("description") == "d\n\nAll tools of n: say \"hi\"")
  }

  @Test func `tools that others would run are left out, and nothing is said of tools if none is left`() throws
  {
    let hosted = [
      "web_search", "web_search_preview", "web_search_preview_2025_03_11", "file_search", "mcp",
      "computer_use_preview",
      "image_generation", "code_interpreter", "local_shell", "shell", "apply_patch", "tool_search",
    ].map { #"{"type":"\#($0)"}"# }.joined(separator: ",")
    #expect(names(try sealed(hosted + "," + Self.tools)).count == 4)
    #expect(Set(try sealed(hosted, #","tool_choice":"auto""#).keys) == ["model", "messages"])
    let response = try ResponsesText.response(
      try completion(choice(#"{"content":"a"}"#)), to: #""input":"x","tools":[\#(hosted),\#(Self.tools)]"#)
    #expect(response.list("tools").map { $0.text("type") } == ["function", "custom", "namespace"])
  }

  @Test func `tools that the conversation declares are added, and replace those of their name`() throws {
    let sealed = try ResponsesText.sealed(
      #""tools":[{"type":"function","name":"f"}],"input":[{"type":"additional_tools","role":"developer","tools":["#
        + #"{"type":"namespace","name":"functions","tools":[{"type":"custom","name":"exec"}]},{"type":"web_search"}]},"#
        + #"{"type":"additional_tools","tools":[{"type":"function","name":"f","description":"new"}]},"#
        + #"{"role":"user","content":"x"}]"#)
    #expect(names(sealed) == ["f", "exec"])
    #expect(sealed.list("tools")[0].object("function").text("description") == "new")
  }

  @Test(arguments: [
    (#""none""#, "none"), (#""auto""#, "auto"), (#""required""#, "required"),
    (#"{"type":"function","name":"f"}"#, "f"), (#"{"type":"custom","name":"apply_patch"}"#, "apply_patch"),
    (#"{"type":"function","name":"status"}"#, "mcp__git__status"),
    (#"{"type":"function","name":"status","namespace":"mcp__git"}"#, "mcp__git__status"),
    (#"{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}"#, "required"),
  ])
  func `the choice is said in the words of chat completions`(choice: String, expected: String) throws {
    let sealed = try sealed(Self.tools, #","tool_choice":\#(choice)"#)
    let said = sealed.text("tool_choice") ?? sealed.object("tool_choice").object("function").text("name")
    #expect(said == expected)
  }

  @Test func `only the allowed tools are sent`() throws {
    let allowed =
      #"[{"type":"custom","name":"apply_patch"},{"type":"web_search"},{"type":"namespace","name":"mcp__git"}]"#
    let choice = #","tool_choice":{"type":"allowed_tools","mode":"auto","tools":\#(allowed)}"#
    #expect(names(try sealed(Self.tools, choice)) == ["apply_patch", "mcp__git__status", "mcp__git__raw"])
    let none = #","tool_choice":{"type":"allowed_tools","mode":"auto","tools":[]}"#
    #expect(try sealed(Self.tools, none)["tools"] == nil)
  }

  @Test(arguments: [
    (#"7"#, "tool_choice"), (#""sometimes""#, "tool_choice"), (#"{}"#, "tool_choice.type"),
    (#"{"type":"function"}"#, "tool_choice.name"), (#"{"type":"function","name":"zzz"}"#, "tool_choice.name"),
    (#"{"type":"custom","name":"f"}"#, "tool_choice.name"),
    (#"{"type":"web_search_preview"}"#, "tool_choice.type"),
    (#"{"type":"mcp","server_label":"x"}"#, "tool_choice.type"), (#"{"type":"zzz"}"#, "tool_choice.type"),
    (#"{"type":"allowed_tools","mode":"x","tools":[]}"#, "tool_choice.mode"),
    (#"{"type":"allowed_tools","mode":"auto"}"#, "tool_choice.tools"),
    (
      #"{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"q"}]}"#,
      "tool_choice.tools[0].name"
    ),
    (#"{"type":"allowed_tools","mode":"required","tools":[{"type":"mcp"}]}"#, "tool_choice"),
  ])
  func `a choice that cannot be honoured is refused`(choice: String, place: String) {
    let fault = #expect(throws: APIFault.self) { try sealed(Self.tools, #","tool_choice":\#(choice)"#) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test func `a call that is required of tools that were left out is refused`() {
    let fault = #expect(throws: APIFault.self) {
      try sealed(#"{"type":"web_search"}"#, #","tool_choice":"required""#)
    }
    #expect(fault?.code == "unsupported_parameter")
  }

  @Test(arguments: [
    (#"7"#, "tools[0]"), (#"{}"#, "tools[0].type"), (#"{"type":"zzz"}"#, "tools[0].name"),
    (#"{"type":"zzz","name":"a"}"#, "tools[0].type"), (#"{"type":"function"}"#, "tools[0].name"),
    (#"{"type":"function","name":""}"#, "tools[0].name"),
    (#"{"type":"function","name":"a","parameters":"x"}"#, "tools[0].parameters"),
    (#"{"type":"function","name":"a"},{"type":"function","name":"a"}"#, "tools[1].name"),
    (
      #"{"type":"function","name":"n__a"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"a"}]}"#,
      "tools[1].tools[0].name"
    ),
    (#"{"type":"namespace","name":"n"}"#, "tools[0].tools"),
    (#"{"type":"namespace","name":"n","tools":[{"type":"mcp","name":"a"}]}"#, "tools[0].tools[0].type"),
    (#"{"type":"custom","name":"a","format":{"type":"zzz"}}"#, "tools[0].format.type"),
    (
      #"{"type":"custom","name":"a","format":{"type":"grammar","syntax":"lark"}}"#,
      "tools[0].format.definition"
    ),
    (#"{"type":"function","function":{"name":"a"}}"#, "tools[0].name"),
  ])
  func `a tool that cannot be understood is refused by its place`(tools: String, place: String) {
    let fault = #expect(throws: APIFault.self) { try sealed(tools) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test func `too many tools are refused`() {
    let many = (0...ResponsesTools.limit).map { #"{"type":"function","name":"f\#($0)"}"# }.joined(
      separator: ",")
    #expect(throws: APIFault.self) { try sealed(many) }
  }

  @Test(arguments: [
    (#"{\"input\":\"a \\\"b\\\"\\n\"}"#, "a \"b\"\n"), (#"{\"input\":\"\"}"#, ""),
    ("*** Begin Patch", "*** Begin Patch"), (#"{\"patch\":\"x\"}"#, #"{"patch":"x"}"#), ("[1]", "[1]"),
  ])
  func `a custom tool's input is unwrapped, also where the model forgot to wrap it`(
    arguments: String, input: String
  ) throws {
    let function = #"{"name":"apply_patch","arguments":"\#(arguments)"}"#
    let call = try ResponsesText.response(
      try completion(choice(#"{"content":null,"tool_calls":[{"id":"c","function":\#(function)}]}"#)),
      to: #""input":"x","tools":[\#(Self.tools)]"#
    ).list("output")[0]
    #expect(call.text("type") == "custom_tool_call")
    #expect(call.text("input") == input)
    #expect(call["arguments"] == nil)
  }

  @Test func `calls come back with the name and the namespace they were declared by`() throws {
    let calls = ["mcp__git__status", "status", "raw", "f", "unheard_of"].enumerated()
      .map { #"{"id":"c\#($0)","function":{"name":"\#($1)","arguments":"{}"}}"# }.joined(separator: ",")
    let output = try ResponsesText.response(
      try completion(choice(#"{"content":null,"tool_calls":[\#(calls)]}"#)),
      to: #""input":"x","tools":[\#(Self.tools)]"#
    ).list("output")
    #expect(output.map { $0.text("name") } == ["status", "status", "raw", "f", "unheard_of"])
    #expect(output.map { $0.text("namespace") } == ["mcp__git", "mcp__git", "mcp__git", nil, nil])
    #expect(output.map { $0.text("type") }[2] == "custom_tool_call")
    #expect(output.map { $0.text("call_id") } == ["c0", "c1", "c2", "c3", "c4"])
  }

  @Test func `a bare name that two namespaces have is nobody's`() throws {
    let tools = ["a", "b", "c"].map {
      #"{"type":"namespace","name":"\#($0)","tools":[{"type":"function","name":"go"}]}"#
    }.joined(separator: ",")
    let output = try ResponsesText.response(
      try completion(choice(#"{"tool_calls":[{"id":"c","function":{"name":"go","arguments":"{}"}}]}"#)),
      to: #""input":"x","tools":[\#(tools)]"#
    ).list("output")
    #expect(output[0]["namespace"] == nil)
  }
}
