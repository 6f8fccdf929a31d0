import JSONText

/// The error object that all of OpenAI's routes share.
public enum OpenAIError {
  /// `{"error":{"message","type","param","code"}}`.
  public static func body(of fault: APIFault) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("error")
    writer.beginObject()
    writer.member("message", fault.message)
    writer.member("type", fault.type)
    writer.name("param")
    if let parameter = fault.parameter { writer.string(parameter) } else { writer.null() }
    writer.member("code", fault.code)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}
