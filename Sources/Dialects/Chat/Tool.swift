import JSONText

/// One tool that a request offers, checked.
struct Tool {
  enum Kind {
    case function
    /// Takes text instead of arguments.
    case custom
    /// Runs at the cloud that the caller's tool was made for. No router has it, so it is left out, as agents expect.
    case hosted
  }

  /// The most bytes of a function's name.
  ///
  /// OpenAI's own bound is 64; agents put the names of servers before those of tools.
  static let nameByteLimit = 256

  let kind: Kind
  /// The function's name, or the type of a tool that has none.
  let name: String
  /// Whether it has to be written in another form than it came in.
  let needsMending: Bool
  /// The members beside the description.
  private let outer: JSONObject?
  /// The description of the function, or of the tool that takes text.
  private let inner: JSONObject

  /// Reads an element of `tools`.
  init(_ value: JSONValue, at place: String, under policy: RequestPolicy) throws(APIFault) {
    let tool = try RequestMembers.reading(value, at: place)
    let type = try tool.string("type")
    outer = tool.object
    guard type == nil || type == "function" || type == "custom" else {
      (kind, name, needsMending, inner) = (.hosted, type ?? "", true, tool.object)
      return
    }
    let member = type ?? "function"
    guard let description = try tool.object(member) else { throw tool.missing(member, "an object") }
    // Of the function's members the schema is the only one that may speak of addresses.
    try RemoteAddress.refuse(in: tool, under: policy)
    try RemoteAddress.refuse(in: description, under: policy)
    kind = type == "custom" ? .custom : .function
    name = try Self.name(of: description)
    inner = description.object
    needsMending =
      type != "function" || Self.isOdd(tool.object) || Self.isOdd(description.object)
      || description["parameters"] == nil
  }

  /// Reads an element of `functions`, the old form.
  init(function value: JSONValue, at place: String, under policy: RequestPolicy) throws(APIFault) {
    let description = try RequestMembers.reading(value, at: place)
    try RemoteAddress.refuse(in: description, under: policy)
    (kind, needsMending, outer) = (.function, true, nil)
    name = try Self.name(of: description)
    inner = description.object
  }

  private static func name(of description: RequestMembers) throws(APIFault) -> String {
    let name = try description.requiredString("name")
    guard (1...nameByteLimit).contains(name.utf8.count) else {
      throw description.wrongValue("name", "a string of 1 to \(nameByteLimit) bytes")
    }
    if let schema = description["parameters"], schema.kind != .object {
      throw description.wrongType("parameters", "an object")
    }
    return name
  }

  /// Whether there is something that goes: nulls, and marks for the prompt cache of one cloud.
  private static func isOdd(_ object: JSONObject) -> Bool { object.members.contains { goes($0) } }

  private static func goes(_ member: JSONObject.Member) -> Bool {
    member.value.isNull || member.name == "cache_control"
  }

  /// Writes the tool as a function.
  ///
  /// What stays, above all the schema, stays byte for byte.
  func write(to writer: inout JSONWriter, of document: JSONDocument) {
    writer.beginObject()
    writer.member("type", "function")
    for member in outer?.members ?? .none
    where !["type", "function", "custom"].contains(member.name) && !Self.goes(member) {
      writer.copy(member, of: document)
    }
    writer.name("function")
    writer.beginObject()
    for member in inner.members where !Self.goes(member) && !(kind == .custom && member.name == "format") {
      writer.copy(member, of: document)
    }
    if kind == .custom {
      writer.name("parameters")
      CustomTool.writeParameters(of: inner, to: &writer)
    } else if inner["parameters"]?.isNull != false {
      writer.name("parameters")
      writer.raw(#"{"type":"object","properties":{}}"#.utf8)
    }
    writer.endObject()
    writer.endObject()
  }
}
