import JSONText

/// What a request says about which tool to call.
enum ToolChoice {
  /// Nothing, or what any router understands.
  case plain(JSONValue?)
  /// `none`, `auto` or `required`, said in another way.
  case mode(String)
  /// One function, said in another way.
  case function(String, isCustom: Bool)
  /// Only some of the tools.
  case allowed(mode: String, names: Set<String>)
  /// A tool that the caller's cloud would have run.
  case hosted(String)

  /// Reads `tool_choice`.
  init(_ request: RequestMembers) throws(APIFault) {
    guard let value = request["tool_choice"] else {
      self = .plain(nil)
      return
    }
    if let mode = value.string {
      self = try Self.mode(mode, value, request)
      return
    }
    guard value.kind == .object else { throw request.wrongType("tool_choice", "a string or an object") }
    self = try Self.choice(try request.members(value, at: "tool_choice"), value)
  }

  /// Reads `function_call`, the old form.
  init(old request: RequestMembers) throws(APIFault) {
    guard let value = request["function_call"] else {
      self = .plain(nil)
      return
    }
    if let mode = value.string {
      guard ["none", "auto"].contains(mode) else {
        throw request.wrongValue("function_call", "none, auto, or an object with a 'name'")
      }
      self = .mode(mode)
      return
    }
    guard value.kind == .object else { throw request.wrongType("function_call", "a string or an object") }
    let name = try request.members(value, at: "function_call").requiredString("name")
    self = .function(name, isCustom: false)
  }

  private static func mode(
    _ mode: String, _ value: JSONValue, _ request: RequestMembers
  ) throws(APIFault) -> ToolChoice {
    switch mode {
    case "none", "auto", "required": .plain(value)
    // What other clouds call it.
    case "any": .mode("required")
    default: throw request.wrongValue("tool_choice", "none, auto, required, or an object that names a tool")
    }
  }

  private static func choice(_ choice: RequestMembers, _ value: JSONValue) throws(APIFault) -> ToolChoice {
    let type = try choice.string("type") ?? "function"
    switch type {
    case "function":
      guard let function = try choice.object("function") else {
        throw choice.missing("function", "an object")
      }
      let name = try function.requiredString("name")
      return choice["type"] == nil ? .function(name, isCustom: false) : .plain(value)
    case "custom":
      guard let custom = try choice.object("custom") else { throw choice.missing("custom", "an object") }
      return .function(try custom.requiredString("name"), isCustom: true)
    case "allowed_tools": return try allowed(choice)
    case "none", "auto", "required": return .mode(type)
    case "any": return .mode("required")
    default: return .hosted(type)
    }
  }

  private static func allowed(_ choice: RequestMembers) throws(APIFault) -> ToolChoice {
    guard let holder = try choice.object("allowed_tools") else {
      throw choice.missing("allowed_tools", "an object")
    }
    let mode = try holder.string("mode") ?? "auto"
    guard ["auto", "required"].contains(mode) else { throw holder.wrongValue("mode", "auto or required") }
    guard let tools = try holder.list("tools") else { throw holder.missing("tools", "a list of tools") }
    var names: Set<String> = []
    var index = 0
    for value in tools {
      let tool = try RequestMembers.reading(value, at: "\(holder.place(of: "tools"))[\(index)]")
      let description = try tool.object(tool["custom"] == nil ? "function" : "custom")
      names.insert(try (description ?? tool).requiredString("name"))
      index += 1
    }
    return .allowed(mode: mode, names: names)
  }
}
