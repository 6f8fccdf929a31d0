import JSONText

/// Tools that take any text, which chat routers do not know: they become functions with one text, `input`.
enum CustomTool {
  /// The schema of such a function.
  ///
  /// - Parameter custom: the tool's description as the caller wrote it. A grammar cannot be enforced, so the model is
  ///   told of it.
  static func writeParameters(of custom: JSONObject, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", "object")
    writer.name("properties")
    writer.beginObject()
    writer.name("input")
    writer.beginObject()
    writer.member("type", "string")
    if let grammar = grammar(of: custom) { writer.member("description", grammar) }
    writer.endObject()
    writer.endObject()
    writer.name("required")
    writer.beginArray()
    writer.string("input")
    writer.endArray()
    writer.member("additionalProperties", false)
    writer.endObject()
  }

  private static func grammar(of custom: JSONObject) -> String? {
    guard let format = try? custom["format"]?.object() else { return nil }
    let holder = (try? format["grammar"]?.object()) ?? format
    guard let definition = holder["definition"]?.string else { return nil }
    let syntax = holder["syntax"]?.string.map { " (\($0))" } ?? ""
    return "Text in this grammar\(syntax):\n\(definition)"
  }

  /// The arguments of a call of such a function: `{"input":…}`.
  static func arguments(input: JSONValue) -> String {
    String(decoding: #"{"input":"#.utf8 + Array(input.text) + "}".utf8, as: UTF8.self)
  }

  /// The text out of a call's arguments, as the raw content of a JSON string.
  ///
  /// Arguments of any other form are the text: models do forget what they were asked.
  static func input(of arguments: [UInt8]) -> ArraySlice<UInt8> {
    let quoted = [UInt8(ascii: "\"")] + arguments + [UInt8(ascii: "\"")]
    guard let text = (try? JSONDocument(parsing: quoted))?.root.string,
      let object = try? JSONDocument(parsing: Array(text.utf8)).root.object(),
      let input = object["input"]?.stringContent
    else { return arguments[...] }
    return input
  }
}
