import JSONText

/// The calls of an assistant's message, checked, and how they are written in the one form that chat templates know.
struct AssistantCalls {
  /// Whether there is a call.
  let isEmpty: Bool
  /// Whether `tool_calls` has to be written anew, or in the place of `function_call`.
  let needsMending: Bool
  /// Whether there is a call in the old form, `function_call`.
  var isOldForm: Bool { function != nil }
  private let list: JSONElements?
  private let function: RequestMembers?
  private let functionIdentifier: String

  /// Reads `tool_calls` and `function_call`.
  ///
  /// - Parameter index: the message's place, which makes an identifier for a call that has none: always the same one, so
  ///   that a conversation that grows keeps its beginning, which routers remember.
  init(of message: RequestMembers, index: Int, noting ledger: inout CallLedger) throws(APIFault) {
    list = try message.list("tool_calls")
    function = try message.object("function_call")
    functionIdentifier = "call_function_\(index)"
    var (count, isOdd) = (0, false)
    if let list {
      for value in list {
        let call = try Self.check(value, at: "\(message.place(of: "tool_calls"))[\(count)]")
        ledger.insert(call.identifier)
        isOdd = isOdd || call.isOdd
        count += 1
      }
    }
    if let function {
      guard count == 0 else {
        throw message.unsupported("function_call", "the message has 'tool_calls' too; send these alone.")
      }
      ledger.insert(functionIdentifier, function: try function.requiredString("name"))
    }
    isEmpty = count == 0 && function == nil
    needsMending = isOdd || function != nil
  }

  private static func check(
    _ value: JSONValue, at place: String
  ) throws(APIFault) -> (identifier: String, isOdd: Bool) {
    let call = try RequestMembers.reading(value, at: place)
    let identifier = try call.requiredString("id")
    let type = try call.string("type")
    if type == "custom" {
      guard let custom = try call.object("custom") else { throw call.missing("custom", "an object") }
      _ = try custom.requiredString("name")
      guard custom["input"]?.kind == .string else { throw custom.wrongType("input", "a string") }
      return (identifier, true)
    }
    guard type == nil || type == "function" else {
      throw call.wrongValue("type", "\"function\" or \"custom\"")
    }
    guard let function = try call.object("function") else { throw call.missing("function", "an object") }
    _ = try function.requiredString("name")
    let arguments = function["arguments"]
    return (identifier, type == nil || arguments?.stringContent?.isEmpty != false)
  }

  /// Writes the list of calls.
  func write(to writer: inout JSONWriter, of document: JSONDocument) {
    writer.beginArray()
    if let list {
      for value in list { Self.write(value, to: &writer, of: document) }
    }
    if let function {
      writer.beginObject()
      writer.member("id", functionIdentifier)
      Self.writeFunction(function.object, to: &writer, of: document)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func write(_ value: JSONValue, to writer: inout JSONWriter, of document: JSONDocument) {
    guard let call = try? value.object() else { return }
    writer.beginObject()
    for member in call.members where !["type", "function", "custom"].contains(member.name) {
      writer.copy(member, of: document)
    }
    if let custom = try? call["custom"]?.object() {
      writer.member("type", "function")
      writer.name("function")
      writer.beginObject()
      if let name = custom["name"] { writer.member("name", name) }
      if let input = custom["input"] { writer.member("arguments", CustomTool.arguments(input: input)) }
      writer.endObject()
    } else if let function = try? call["function"]?.object() {
      writeFunction(function, to: &writer, of: document)
    }
    writer.endObject()
  }

  private static func writeFunction(
    _ function: JSONObject, to writer: inout JSONWriter, of document: JSONDocument
  ) {
    writer.member("type", "function")
    writer.name("function")
    writer.beginObject()
    for member in function.members where member.name != "arguments" { writer.copy(member, of: document) }
    let arguments = ToolCall(function: function).arguments
    writer.name("arguments")
    writer.raw([UInt8(ascii: "\"")] + arguments + [UInt8(ascii: "\"")])
    writer.endObject()
  }
}
