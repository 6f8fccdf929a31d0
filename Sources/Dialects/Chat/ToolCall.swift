import JSONText

/// One tool call of an answer, ready to be written in the form of any dialect.
struct ToolCall {
  /// The router's identifier, or one of our own.
  let id: String
  /// The function's name.
  let name: String
  /// The arguments as the raw content of a JSON string, never empty.
  ///
  /// Made anew each time: a call is written once, and until then its text is the answer's.
  var arguments: [UInt8] { Self.arguments(value) }
  /// All that the router says of the call; none in the old form.
  private let members: JSONMembers
  private let value: JSONValue?

  /// Reads an element of `tool_calls`; nil where it calls no function.
  ///
  /// Identifier, type and arguments are left out by some servers, or the arguments are no string; all of that is mended.
  init?(_ call: JSONValue) {
    guard let members = try? call.object(), let function = try? members["function"]?.object() else {
      return nil
    }
    self.init(id: members["id"]?.string, function: function, members: members.members)
  }

  /// Reads the old form, `function_call`, which has no identifier.
  init(function call: JSONValue) {
    self.init(id: nil, function: try? call.object())
  }

  /// Reads a function that is called, for its arguments.
  init(function: JSONObject) { self.init(id: nil, function: function) }

  private init(id: String?, function: JSONObject?, members: JSONMembers = .none) {
    self.members = members
    self.id = id.flatMap { $0.isEmpty ? nil : $0 } ?? "call_" + randomIdentifier()
    name = function?["name"]?.string ?? ""
    value = function?["arguments"]
  }

  /// Finds what else the router says of the call.
  func forEachOther(_ body: (JSONObject.Member) -> Void) {
    for member in members where !["id", "type", "function", "index"].contains(member.name) { body(member) }
  }

  /// Clients parse the joined pieces as JSON: nothing becomes `{}`, and an object that a server forgot to put into a
  /// string becomes that string.
  private static func arguments(_ value: JSONValue?) -> [UInt8] {
    guard let value, !value.isNull else { return Array("{}".utf8) }
    if let content = value.stringContent { return content.isEmpty ? Array("{}".utf8) : Array(content) }
    var text: [UInt8] = []
    value.appendSingleLine(to: &text)
    var writer = JSONWriter()
    writer.string(String(decoding: text, as: UTF8.self))
    return Array(writer.bytes.dropFirst().dropLast())
  }

  /// The arguments as the text of a JSON object, for dialects that do not put them into a string.
  ///
  /// Models do write arguments that are no object; those come as the member `arguments` of one, so that nothing is lost.
  var argumentsObject: [UInt8] {
    var text: [UInt8] = []
    guard let value, !value.isNull, value.string != "" else { return Array("{}".utf8) }
    let said = value.string.flatMap { try? JSONDocument(parsing: Array($0.utf8)).root } ?? value
    if said.kind == .object {
      said.appendSingleLine(to: &text)
      return text
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("arguments", value)
    writer.endObject()
    return writer.bytes
  }
}
