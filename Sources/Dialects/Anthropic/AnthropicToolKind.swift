import JSONText

/// Who runs a tool, and where its parameters are told.
enum AnthropicToolKind {
  /// The caller, who sends its schema.
  case custom(JSONValue)
  /// The caller, with a schema that only Anthropic's models know by heart.
  case known(AnthropicClientTool)
  /// Anthropic.
  case hosted(isSearch: Bool)

  init(_ tool: RequestMembers) throws(APIFault) {
    let type = try tool.string("type") ?? "custom"
    if type == "custom" || tool["input_schema"] != nil {
      guard let schema = tool["input_schema"] else { throw tool.missing("input_schema", "an object") }
      guard schema.kind == .object else { throw tool.wrongType("input_schema", "an object") }
      self = .custom(schema)
    } else if let known = AnthropicClientTool(type: type) {
      self = .known(known)
    } else if ["web_search_", "web_fetch_", "code_execution_", "advisor_"].contains(where: type.hasPrefix) {
      self = .hosted(isSearch: false)
    } else if type.hasPrefix("tool_search_tool_") {
      self = .hosted(isSearch: true)
    } else {
      throw tool.unsupported(
        "type",
        "models behind the router do not know the tool \(ForeignText(type)). Send it as a tool of your own, with "
          + "'input_schema'.")
    }
  }
}
