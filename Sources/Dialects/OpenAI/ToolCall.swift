import JSONText

/// One tool call of an answer, in the parts in which a stream sends it.
struct ToolCall {
  private let id: String
  private let name: String
  /// The arguments as the raw content of a JSON string, never empty.
  let arguments: [UInt8]

  init(_ call: JSONValue) {
    let members = try? call.object()
    let function = try? members?["function"]?.object()
    id = members?["id"]?.string ?? "call_" + randomIdentifier()
    name = function?["name"]?.string ?? ""
    arguments = Self.arguments(function?["arguments"])
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

  /// The first fragment: identifier and name once, and arguments that are a string from the start.
  func writeStart(to writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("type", "function")
    writer.name("function")
    writer.beginObject()
    writer.member("name", name)
    writer.member("arguments", "")
    writer.endObject()
  }

  func writeArguments(_ piece: ArraySlice<UInt8>, to writer: inout JSONWriter) {
    writer.name("function")
    writer.beginObject()
    writer.member("arguments", content: piece)
    writer.endObject()
  }
}
