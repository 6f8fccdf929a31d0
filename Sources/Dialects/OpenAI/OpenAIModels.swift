import JSONText

/// OpenAI's model list.
public enum OpenAIModels {
  /// One model in the form of `GET /v1/models/{id}`, or an entry of the list.
  public static func model(_ model: Model) -> [UInt8] {
    var writer = JSONWriter()
    write(model, to: &writer)
    return writer.bytes
  }

  /// The body of `GET /v1/models`.
  public static func list(_ models: [Model]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("object", "list")
    writer.name("data")
    writer.beginArray()
    for model in models { write(model, to: &writer) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ model: Model, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", model.id)
    writer.member("object", "model")
    writer.member("created", model.created)
    writer.member("owned_by", model.owner)
    writer.name("permission")
    writer.beginArray()
    writer.endArray()
    writer.member("root", model.root)
    writer.name("parent")
    writer.null()
    writer.endObject()
  }
}
