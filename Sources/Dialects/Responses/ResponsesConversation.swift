import JSONText

/// Turns the items of `input` into messages.
///
/// An item is less than a message: what a model says and the tools it calls are items of their own, and make one message
/// here. So an assistant's message is held back until something follows that cannot belong to it.
struct ResponsesConversation {
  /// What chat completions take, but for one message that the instructions make.
  static let messageLimit = Conversation.messageLimit - 1

  /// The messages so far.
  private(set) var draft: ChatDraft
  private let policy: RequestPolicy
  /// What the assistant said and called in the message that is held back.
  private var assistantText: [UInt8]?
  private var calls: JSONWriter?
  /// Images of tools' outputs, which no tool message can hold; they follow in a user's message.
  private var images: JSONWriter?
  private var callIDs: Set<String> = []
  private var messageCount = 0

  init(model: String, policy: RequestPolicy) {
    draft = ChatDraft(model: model)
    self.policy = policy
  }

  /// Reads `instructions` and `input`.
  mutating func read(
    _ members: RequestMembers, declaring tools: inout ResponsesTools
  ) throws(APIFault) {
    if let instructions = try members.content("instructions") {
      draft.message("system") { $0.member("content", content: instructions) }
    }
    guard let input = members["input"] else { throw members.missing("input", "a string or a list of items") }
    if let text = input.stringContent {
      return draft.message("user") { $0.member("content", content: text) }
    }
    guard let items = input.lazyElements else {
      throw members.wrongType("input", "a string or a list of items")
    }
    var position = 0
    for value in items {
      let item = try members.members(value, at: "input[\(position)]")
      try readItem(item, declaring: &tools)
      position += 1
    }
    try finishAssistant()
    try finishImages()
    if messageCount == 0 { throw members.wrongValue("input", "a string or a list with at least one message") }
  }

  private mutating func readItem(
    _ item: RequestMembers, declaring tools: inout ResponsesTools
  ) throws(APIFault) {
    switch try Self.type(of: item) {
    case "message": try readMessage(item, role: try item.requiredString("role"))
    // What another agent tells this one.
    case "agent_message": try readMessage(item, role: "user")
    case "function_call": try readCall(item, isCustom: false)
    case "custom_tool_call": try readCall(item, isCustom: true)
    case "function_call_output", "custom_tool_call_output": try readOutput(item)
    // A model's earlier thoughts are for it alone, mostly encrypted by whoever ran it; templates leave them out.
    case "reasoning": return
    // A place in a store that is not here; what cannot be done without shows as a missing call.
    case "item_reference": return
    case "additional_tools":
      guard let list = try item.list("tools") else { throw item.missing("tools", "a list of tools") }
      try tools.add(list, of: item)
    case let type:
      throw item.unsupported(
        "type",
        "an item of type \(ForeignText(type)) belongs to a tool or a service that is not here. Leave the item out."
      )
    }
  }

  /// Items without a type are messages, or references that are only an identifier.
  private static func type(of item: RequestMembers) throws(APIFault) -> String {
    if let type = try item.string("type") { return type }
    if item["role"] != nil { return "message" }
    if item["id"] != nil, item.object.members.allSatisfy({ $0.name == "id" || $0.value.isNull }) {
      return "item_reference"
    }
    throw item.missing("type", "the item's type, such as \"message\"")
  }
}

// MARK: - Messages

extension ResponsesConversation {
  private mutating func readMessage(_ item: RequestMembers, role: String) throws(APIFault) {
    guard let content = item["content"] else { throw item.missing("content", "a string or a list of parts") }
    switch role {
    case "assistant":
      try finishImages()
      let text = try joinedText(content, of: item, images: nil)
      // Said while its calls are not answered yet: the same turn.
      if calls == nil { try finishAssistant() }
      if assistantText?.isEmpty == false { assistantText?.append(contentsOf: #"\n"#.utf8) }
      assistantText = assistantText ?? []
      assistantText?.append(contentsOf: text)
    case "user", "system", "developer":
      try finishAssistant()
      try finishImages()
      let written = try self.content(content, of: item, images: role == "user")
      try message(role) { writer in
        writer.name("content")
        writer.raw(written)
      }
    default:
      throw item.wrongValue("role", "user, assistant, system or developer")
    }
  }

  /// Content in the form of chat completions: one text stays a string, anything else is a list of parts.
  private func content(_ value: JSONValue, of item: RequestMembers, images: Bool) throws(APIFault) -> [UInt8]
  {
    var writer = JSONWriter()
    if let text = value.stringContent {
      writer.stringContent(text)
      return writer.bytes
    }
    guard let elements = value.lazyElements else {
      throw item.wrongType("content", "a string or a list of parts")
    }
    var only: ArraySlice<UInt8>? = []
    var position = 0
    writer.beginArray()
    for element in elements {
      let part = try ResponsesPart(
        element, of: item, at: item.place(of: "content[\(position)]"), images: images, under: policy)
      part.write(to: &writer)
      if position == 0, case .text(let text) = part { only = text } else { only = nil }
      position += 1
    }
    writer.endArray()
    guard let only else { return writer.bytes }
    var string = JSONWriter()
    string.stringContent(only)
    return string.bytes
  }

  /// Content of which only the text can be used where it stands.
  ///
  /// - Parameter images: Where images go, nil where there cannot be any.
  private func joinedText(
    _ value: JSONValue, of item: RequestMembers, named name: String = "content",
    images: ((ResponsesPart) -> Void)?
  ) throws(APIFault) -> [UInt8] {
    if let text = value.stringContent { return Array(text) }
    guard let elements = value.lazyElements else { throw item.wrongType(name, "a string or a list of parts") }
    var joined: [UInt8] = []
    var position = 0
    for element in elements {
      let part = try ResponsesPart(
        element, of: item, at: item.place(of: "\(name)[\(position)]"), images: images != nil, under: policy)
      switch part {
      case .text(let text):
        if !joined.isEmpty, name != "content" { joined += #"\n"#.utf8 }
        joined += text
      case .image: images?(part)
      }
      position += 1
    }
    return joined
  }

  private mutating func message(_ role: String, _ members: (inout JSONWriter) -> Void) throws(APIFault) {
    guard messageCount < Self.messageLimit else {
      throw .invalidRequest(
        "invalid_value",
        "'input' makes more than \(Self.messageLimit) messages, which is the most that a request can have beside "
          + "its instructions.", parameter: "input")
    }
    messageCount += 1
    draft.message(role, members)
  }

  /// Writes the assistant's message that was held back.
  private mutating func finishAssistant() throws(APIFault) {
    let (text, calls) = (assistantText.take(), calls.take())
    guard text != nil || calls != nil else { return }
    try message("assistant") { writer in
      writer.name("content")
      if let text { writer.stringContent(text) } else { writer.null() }
      if var calls {
        calls.endArray()
        writer.name("tool_calls")
        writer.raw(calls.bytes)
      }
    }
  }

  /// Writes the images of the outputs before, once no further output follows them.
  private mutating func finishImages() throws(APIFault) {
    guard var images = images.take() else { return }
    images.endArray()
    try message("user") { writer in
      writer.name("content")
      writer.raw(images.bytes)
    }
  }
}

// MARK: - Calls and outputs

extension ResponsesConversation {
  private mutating func readCall(_ item: RequestMembers, isCustom: Bool) throws(APIFault) {
    let id = try item.requiredString("call_id")
    let name = ResponsesTools.modelName(
      try item.requiredString("name"), in: try item.string("namespace"))
    let textName = isCustom ? "input" : "arguments"
    let text = try item.requiredContent(textName)
    try finishImages()
    callIDs.insert(id)
    // Taken out, so that it is not copied for every call.
    var calls = self.calls.take() ?? .array()
    calls.functionCall(id: id, name: name) { writer in
      if isCustom, let input = item[textName] {
        writer.string(CustomTool.arguments(input: input))
      } else {
        writer.stringContent(text.isEmpty ? Array("{}".utf8)[...] : text)
      }
    }
    self.calls = calls
  }

  private mutating func readOutput(_ item: RequestMembers) throws(APIFault) {
    let id = try item.requiredString("call_id")
    guard callIDs.contains(id) else {
      throw .invalidRequest(
        "invalid_value",
        "'\(item.place(of: "call_id"))' is \(ForeignText(id)), but no call before it has this identifier. Nothing is kept "
          + "between requests: send the call itself too, with 'store': false where your tool sends references.",
        parameter: item.place(of: "call_id"))
    }
    guard let output = item["output"] else { throw item.missing("output", "a string or a list of parts") }
    try finishAssistant()
    var found: [ResponsesPart] = []
    let text = try joinedText(output, of: item, named: "output") { found.append($0) }
    try message("tool") { writer in
      writer.member("tool_call_id", id)
      writer.member(
        "content", content: (text.isEmpty && !found.isEmpty ? Array(Self.imageNote.utf8) : text)[...])
    }
    guard !found.isEmpty else { return }
    var images = self.images.take() ?? .array()
    for image in found { image.write(to: &images) }
    self.images = images
  }

  private static let imageNote = "The image that this call returned follows in the next user message."
}

extension JSONWriter {
  fileprivate static func array() -> JSONWriter {
    var writer = JSONWriter()
    writer.beginArray()
    return writer
  }
}
