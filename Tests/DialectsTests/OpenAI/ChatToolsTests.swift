import Testing

@testable import Dialects

@Suite struct ChatToolsTests {
  private static let tooLong = String(repeating: "f", count: 257)
  private static let plain =
    #"{"type":"function","function":{"name":"f","parameters":{"z":1.0,"a":"\/"},"strict":true}}"#

  private func sealed(_ members: String) throws -> String {
    let text = try sealedChat("\(question),\(members)")
    _ = try parsed(text)
    let prefix = "{\"model\":\"m\",\(question)"
    try #require(text.hasPrefix(prefix))
    return String(text.dropFirst(prefix.count).dropLast())
  }

  @Test(arguments: [
    #","tools":[ \#(plain) ]"#, #","tools":[\#(plain)],"tool_choice":"required""#,
    #","tools":[\#(plain)],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false"#,
    #","tools":[\#(plain), \#(plain)],"tool_choice":"none""#,
  ])
  func `functions with a schema stay byte for byte`(members: String) throws {
    #expect(try sealed(String(members.dropFirst())) == members)
  }

  @Test(arguments: [
    (#""tools":[],"tool_choice":"auto","parallel_tool_calls":true"#, ""), (#""tool_choice":"auto""#, ""),
    (#""tools":null,"tool_choice":null"#, ""),
    (
      #""tools":[{"type":"function","function":{"name":"f"}}]"#,
      #","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]"#
    ),
    (
      #""tools":[{"function":{"name":"f","description":null,"parameters":{"b":1e2}},"cache_control":{}}, \#(plain)]"#,
      #","tools":[{"type":"function","function":{"name":"f","parameters":{"b":1e2}}},\#(plain)]"#
    ),
    (#""tools":[{"type":"web_search"},\#(plain),{"type":"mcp","server_url":"u"}]"#, #","tools":[\#(plain)]"#),
    (#""tools":[{"type":"web_search_preview"}],"tool_choice":"auto""#, ""),
    (#""tools":[\#(plain)],"tool_choice":{"type":"auto"}"#, #","tools":[\#(plain)],"tool_choice":"auto""#),
    (#""tools":[\#(plain)],"tool_choice":"any""#, #","tools":[\#(plain)],"tool_choice":"required""#),
    (
      #""tools":[{"type":"custom","custom":{"name":"p","description":"d","format":{"type":"text"}}}],"tool_choice":{"type":"custom","custom":{"name":"p"}}"#,
      #","tools":[{"type":"function","function":{"name":"p","description":"d","parameters":{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}}}],"tool_choice":{"type":"function","function":{"name":"p"}}"#
    ),
    (
      #""tools":[\#(plain),{"type":"function","function":{"name":"g","parameters":{}}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}}"#,
      #","tools":[\#(plain)],"tool_choice":"required""#
    ),
    (
      #""functions":[{"name":"f","parameters":{"z":1.0}},{"name":"g"}],"function_call":{"name":"g"}"#,
      #","tools":[{"type":"function","function":{"name":"f","parameters":{"z":1.0}}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}],"tool_choice":{"type":"function","function":{"name":"g"}}"#
    ),
    (#""functions":[],"function_call":"auto""#, ""), (#""function_call":"none""#, ""),
    (
      #""functions":[{"name":"f","parameters":{}}],"function_call":"auto""#,
      #","tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":"auto""#
    ),
  ])
  func `tools in other forms are said as functions`(members: String, expected: String) throws {
    #expect(try sealed(members) == expected)
  }

  @Test func `the model is told of a grammar that cannot be enforced`() throws {
    let text = try sealed(
      #""tools":[{"type":"custom","custom":{"name":"p","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: \"a\""}}}}]"#
    )
    #expect(text.contains(#""description":"Text in this grammar (lark):\nstart: \"a\"""#))
    #expect(!text.contains("format"))
  }

  @Test func `how calls are written back is remembered`() throws {
    func form(_ members: String) throws -> CallForm {
      try decodeChat("{\"model\":\"m\",\(question),\(members)}").chats[0].callForm
    }
    #expect(try form(#""tools":[\#(Self.plain)]"#) == CallForm())
    #expect(try form(#""functions":[{"name":"f"}]"#).isOldForm)
    #expect(try form(#""parallel_tool_calls":false"#).keepsFirstOnly)
    #expect(try form(#""tools":[{"type":"custom","custom":{"name":"p"}}]"#).customNames == ["p"])
  }

  @Test(arguments: [
    (#""tools":{}"#, "invalid_type", "tools"), (#""tools":[1]"#, "invalid_type", "tools[0]"),
    (#""tools":[{}]"#, "missing_required_parameter", "tools[0].function"),
    (#""tools":[{"type":5}]"#, "invalid_type", "tools[0].type"),
    (#""tools":[{"type":"function","name":"f"}]"#, "missing_required_parameter", "tools[0].function"),
    (
      #""tools":[\#(plain),{"type":"function","function":{}}]"#, "missing_required_parameter",
      "tools[1].function.name"
    ),
    (#""tools":[{"type":"function","function":{"name":""}}]"#, "invalid_value", "tools[0].function.name"),
    (
      #""tools":[{"type":"function","function":{"name":"f","parameters":[]}}]"#, "invalid_type",
      "tools[0].function.parameters"
    ),
    (#""tools":[{"type":"custom"}]"#, "missing_required_parameter", "tools[0].custom"),
    (#""tools":[\#(plain)],"tool_choice":"sometimes""#, "invalid_value", "tool_choice"),
    (#""tools":[\#(plain)],"tool_choice":5"#, "invalid_type", "tool_choice"),
    (
      #""tools":[\#(plain)],"tool_choice":{"type":"function"}"#, "missing_required_parameter",
      "tool_choice.function"
    ),
    (
      #""tools":[\#(plain)],"tool_choice":{"type":"function","function":{"name":"g"}}"#, "unknown_tool",
      "tool_choice"
    ),
    (
      #""tools":[\#(plain),{"type":"web_search"}],"tool_choice":{"type":"web_search"}"#,
      "unsupported_parameter",
      "tool_choice"
    ),
    (#""tools":[{"type":"web_search"}],"tool_choice":"required""#, "unsupported_parameter", "tool_choice"),
    (#""tools":[\#(plain)],"functions":[{"name":"f"}]"#, "unsupported_parameter", "functions"),
    (#""functions":[{}]"#, "missing_required_parameter", "functions[0].name"),
    (
      #""tools":[\#(plain),{"type":"function","function":{"name":"\#(tooLong)"}}]"#,
      "invalid_value", "tools[1].function.name"
    ),
    (#""functions":[{"name":"\#(tooLong)"}]"#, "invalid_value", "functions[0].name"),
    (#""functions":[{"name":"f"}],"function_call":{"name":"g"}"#, "unknown_tool", "function_call"),
    (#""functions":[{"name":"f"}],"function_call":"required""#, "invalid_value", "function_call"),
    (#""parallel_tool_calls":"no""#, "invalid_type", "parallel_tool_calls"),
  ])
  func `tools that cannot be understood or had are a 400 that names them`(
    members: String, code: String, parameter: String
  ) {
    let fault = #expect(throws: APIFault.self) { try decodeChat("{\"model\":\"m\",\(question),\(members)}") }
    #expect(fault?.status == 400)
    #expect(fault?.code == code)
    #expect(fault?.parameter == parameter)
  }
}
