import JSONText

/// One model's particulars, `POST /api/show`.
public enum OllamaShow {
  /// What is shown as the context length, in tokens: the router tells none.
  ///
  /// Without a number VS Code takes 4096 and cuts every prompt to that; nearly all models that are served today have
  /// this much or more.
  public static let assumedContextLength = 32_768

  /// The name in a request's body, to be found by ``OllamaModels/resolve(_:in:)``.
  public static func model(in body: [UInt8]) throws(APIFault) -> String {
    let (_, members) = try RequestMembers.reading(body)
    // `name` is what the member was called before; clients send either, some both.
    guard members["model"] != nil, try members.string("model") != "" else {
      guard let name = try members.string("name"), !name.isEmpty else {
        throw members.missing("model", "a string")
      }
      return name
    }
    return try members.model()
  }

  /// The body of the answer.
  public static func answer(_ model: Model) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 1024)
    writer.beginObject()
    writer.member("license", "")
    writer.member("modelfile", "FROM \(model.id)\n")
    writer.member("parameters", "")
    writer.member("template", template)
    OllamaModels.writeDetails(of: model, to: &writer)
    writeInfo(of: model, to: &writer)
    writer.name("capabilities")
    writer.beginArray()
    // The router's interface has tools for every model; whether one sees or thinks, nobody tells.
    writer.string("completion")
    writer.string("tools")
    writer.endArray()
    writer.member("modified_at", OllamaTimestamp(model.created).description)
    writer.endObject()
    return writer.bytes
  }

  /// The router applies the model's own template, which it does not tell.
  ///
  /// This one names what goes into it, because clients search it for that: without `.Tools` LiteLLM emulates tools in
  /// the prompt.
  private static let template = "{{ .System }}{{ .Tools }}{{ .Messages }}"

  private static func writeInfo(of model: Model, to writer: inout JSONWriter) {
    writer.name("model_info")
    writer.beginObject()
    writer.member("general.architecture", "unknown")
    writer.member("general.basename", model.id)
    writer.member("unknown.context_length", assumedContextLength)
    writer.member("general.description", "The router tells no context length; the one shown is assumed.")
    writer.endObject()
  }
}
