import JSONText

/// One model's particulars, `POST /api/show`.
public enum OllamaShow {
  /// What is known of a model beyond its name.
  public struct Facts: Sendable, Equatable {
    /// How many tokens the model can have before it, nil where nobody said.
    public var contextLength: Int?
    /// Whether it reads images.
    public var hasVision: Bool
    /// Whether it tells what it thinks.
    public var hasThinking: Bool

    /// Facts; the router tells none, so they are the configuration's.
    public init(contextLength: Int? = nil, hasVision: Bool = false, hasThinking: Bool = false) {
      self.contextLength = contextLength
      self.hasVision = hasVision
      self.hasThinking = hasThinking
    }
  }

  /// What is shown where the context length is not known, in tokens.
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
  public static func answer(_ model: Model, facts: Facts = Facts()) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 1024)
    writer.beginObject()
    writer.member("license", "")
    writer.member("modelfile", "FROM \(model.id)\n")
    writer.member("parameters", "")
    writer.member("template", template)
    OllamaModels.writeDetails(of: model, to: &writer)
    writeInfo(of: model, facts, to: &writer)
    writer.name("capabilities")
    writer.beginArray()
    // The router's interface has tools for every model; the others are a matter of the model.
    writer.string("completion")
    writer.string("tools")
    if facts.hasVision { writer.string("vision") }
    if facts.hasThinking { writer.string("thinking") }
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

  private static func writeInfo(of model: Model, _ facts: Facts, to writer: inout JSONWriter) {
    writer.name("model_info")
    writer.beginObject()
    writer.member("general.architecture", "unknown")
    writer.member("general.basename", model.id)
    writer.member("unknown.context_length", facts.contextLength ?? assumedContextLength)
    if facts.contextLength == nil {
      writer.member("general.description", "The router tells no context length; the one shown is assumed.")
    }
    writer.endObject()
  }
}
