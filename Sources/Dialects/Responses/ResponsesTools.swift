import JSONText

/// The tools that a request declares and that can be had here: functions, custom tools, and namespaces of both.
struct ResponsesTools {
  /// One function or custom tool.
  struct Entry {
    /// What the model and chat completions call it.
    let modelName: String
    /// What the caller calls it.
    let name: ResponsesToolNames.Name
    fileprivate let members: RequestMembers
    /// What is said of the whole namespace, on its first tool; the raw content of a JSON string.
    fileprivate let note: [UInt8]?
  }

  /// More than any client has; five million would fit into a request.
  static let limit = 2048
  /// The most bytes of a tool's or a namespace's name; the latter is repeated for each of its tools.
  private static let nameByteLimit = 128

  private(set) var entries: [Entry] = []
  /// The tools of the request's own list as the caller wrote them, without those that cannot be had.
  private(set) var kept: [JSONValue] = []
  private var positions: [String: Int] = [:]

  /// What a choice names them by.
  var index: ResponsesToolIndex { ResponsesToolIndex(entries.map { ($0.modelName, $0.name) }) }

  /// What calls are named by when they come back.
  var names: ResponsesToolNames { ResponsesToolNames(entries.map { ($0.modelName, $0.name) }) }

  /// Reads `tools`.
  init(_ list: JSONElements?, of members: RequestMembers) throws(APIFault) {
    if let list { try add(list, of: members, isLater: false) }
  }

  /// Adds tools that are declared later, in the conversation; one that was there already is replaced.
  mutating func add(_ list: JSONElements, of members: RequestMembers) throws(APIFault) {
    try add(list, of: members, isLater: true)
  }

  /// The name of a namespace's tool for a model, which knows only functions.
  ///
  /// OpenAI's models know every function as one of the namespace `functions`, so that one adds nothing; Codex's prompts
  /// name its tools without it.
  static func modelName(_ name: String, in namespace: String?) -> String {
    guard let namespace, !namespace.isEmpty, namespace != "functions" else { return name }
    return namespace.hasSuffix("__") ? namespace + name : "\(namespace)__\(name)"
  }

  /// Tools that OpenAI or the caller's own machine would run, and that models here were never told of.
  ///
  /// Agents declare them by default and do without, so they are left out. Dated versions of a name are the same tool.
  static func isHosted(_ type: String) -> Bool {
    hosted.contains(type) || ["web_search_", "computer_use_", "file_search_"].contains { type.hasPrefix($0) }
  }

  private static let hosted: Set<String> = [
    "web_search", "file_search", "mcp", "computer", "computer_use", "image_generation", "code_interpreter",
    "local_shell", "shell", "apply_patch", "tool_search", "programmatic_tool_calling",
  ]

  private mutating func add(
    _ list: JSONElements, of members: RequestMembers, isLater: Bool
  ) throws(APIFault) {
    var position = 0
    for value in list {
      let tool = try members.members(value, at: members.place(of: "tools[\(position)]"))
      position += 1
      let type = try tool.requiredString("type")
      if Self.isHosted(type) { continue }
      if type == "namespace" {
        try addNamespace(tool, isLater: isLater)
      } else {
        try add(tool, type: type, isLater: isLater)
      }
      if !isLater { kept.append(value) }
    }
  }

  private mutating func addNamespace(_ tool: RequestMembers, isLater: Bool) throws(APIFault) {
    let namespace = try tool.requiredString("name")
    guard namespace.utf8.count <= Self.nameByteLimit else {
      throw tool.wrongValue("name", "a string of at most \(Self.nameByteLimit) bytes")
    }
    guard let list = try tool.list("tools") else { throw tool.missing("tools", "a list of tools") }
    var note = try Self.note(on: tool)
    var position = 0
    for value in list {
      let inner = try tool.members(value, at: tool.place(of: "tools[\(position)]"))
      position += 1
      try add(
        inner, type: try inner.requiredString("type"), in: namespace, noting: note.take(), isLater: isLater)
    }
  }

  /// What a namespace says of itself, which chat completions have no other place for.
  private static func note(on tool: RequestMembers) throws(APIFault) -> [UInt8]? {
    guard let description = try tool.content("description"), !description.isEmpty,
      let name = try tool.content("name")
    else { return nil }
    return Array("All tools of ".utf8) + name + Array(": ".utf8) + description
  }

  /// Checks `format`, which says what the text that a custom tool takes must look like.
  private static func checkCustom(_ tool: RequestMembers) throws(APIFault) {
    _ = try tool.content("description")
    guard let format = try tool.object("format") else { return }
    switch try format.requiredString("type") {
    case "text": return
    case "grammar":
      _ = try format.requiredContent("definition")
      _ = try format.requiredContent("syntax")
    case let type:
      throw format.unsupported("type", "the format \(ForeignText(type)) is not known. Send text or grammar.")
    }
  }

  private mutating func add(
    _ tool: RequestMembers, type: String, in namespace: String? = nil, noting note: [UInt8]? = nil,
    isLater: Bool
  ) throws(APIFault) {
    let name = try tool.shortString("name", atMost: Self.nameByteLimit)
    switch type {
    case "function":
      _ = try tool.content("description")
      _ = try tool.bool("strict")
      _ = try tool.object("parameters")
    case "custom": try Self.checkCustom(tool)
    default:
      throw tool.unsupported(
        "type", "a tool of type \(ForeignText(type)) is not known. Declare it as a function, or leave it out."
      )
    }
    let modelName = Self.modelName(name, in: namespace)
    guard modelName.utf8.count <= Tool.nameByteLimit else {
      throw tool.wrongValue(
        "name", "a string of at most \(Tool.nameByteLimit) bytes together with its namespace's name")
    }
    let entry = Entry(
      modelName: modelName,
      name: ResponsesToolNames.Name(name: name, namespace: namespace, isCustom: type == "custom"),
      members: tool, note: note)
    if let position = positions[modelName] {
      guard isLater, entries[position].name == entry.name else {
        throw .invalidRequest(
          "invalid_value",
          "'\(tool.place(of: "name"))' declares the tool \(ForeignText(modelName)) a second time.",
          parameter: tool.place(of: "name"))
      }
      entries[position] = entry
      return
    }
    guard entries.count < Self.limit else {
      throw .invalidRequest(
        "too_many_tools", "The request declares more than \(Self.limit) tools.", parameter: "tools")
    }
    positions[modelName] = entries.count
    entries.append(entry)
  }
}

extension ResponsesTools.Entry {
  /// Writes the tool as one of chat completions.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", "function")
    writer.name("function")
    writer.beginObject()
    writer.member("name", modelName)
    writeDescription(to: &writer)
    writer.name("parameters")
    if name.isCustom {
      CustomTool.writeParameters(of: members.object, to: &writer)
    } else if let parameters = members["parameters"] {
      writer.value(parameters)
    } else {
      writer.raw(#"{"type":"object","properties":{}}"#.utf8)
    }
    if !name.isCustom, let strict = members["strict"] { writer.member("strict", strict) }
    writer.endObject()
    writer.endObject()
  }

  private func writeDescription(to writer: inout JSONWriter) {
    let own = members["description"]?.stringContent
    guard own != nil || note != nil else { return }
    let separator = own != nil && note != nil ? #"\n\n"# : ""
    writer.member("description", content: ((own.map(Array.init) ?? []) + separator.utf8 + (note ?? []))[...])
  }
}
