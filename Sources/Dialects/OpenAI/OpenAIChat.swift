import JSONText

/// OpenAI's chat completions.
public struct OpenAIChat: Dialect {
  /// The dialect has no settings of its own.
  public init() {}

  /// The whole answer, byte for byte as the router sealed it but for `_metadata`, which strict decoders refuse, and the
  /// model's name where the caller used an alias.
  public func encode(_ answer: ChatAnswer, for request: ChatRequest) -> [UInt8] {
    var editor = JSONEditor(answer.document, object: answer.object)
    if answer.object["_metadata"] != nil { editor.remove("_metadata") }
    if request.model != request.routerModel, answer.object["model"] != nil {
      var name = JSONWriter()
      name.string(request.model)
      editor.replace("model", with: name.bytes)
    }
    return editor.isEmpty ? answer.document.bytes : editor.edited()
  }

  /// A writer of `chat.completion.chunk` events.
  public func stream(for request: ChatRequest, at now: Int) -> any AnswerStream {
    OpenAIChatStream(request, at: now)
  }

  /// OpenAI's error object.
  public func encode(_ fault: APIFault) -> [UInt8] { OpenAIError.body(of: fault) }
}

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
