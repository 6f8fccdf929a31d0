import JSONText

/// Ollama's view of the models, and their names there.
///
/// Ollama's names end in a tag, and clients put `:latest` where they see none: Open WebUI does before it looks a name
/// up in the list. So the list shows a tag on every name, and a name is understood with it and without it.
public enum OllamaModels {
  /// What ``version`` answers.
  ///
  /// The first version with all that is served here: tools and thinking in chats, `logprobs`, and besides Ollama's
  /// own routes `/v1/responses` and `/v1/messages`. Clients ask for 0.6.4 (VS Code) or 0.13.4 (Codex) at least, and
  /// some take nothing but numbers between the dots.
  public static let versionNumber = "0.14.0"

  static let latest = ":latest"

  /// A model's name as it is listed.
  static func listedName(_ id: String) -> String { id.contains(":") ? id : id + latest }

  /// A name without `:latest`.
  public static func untagged(_ name: String) -> String {
    name.hasSuffix(latest) && name.utf8.count > latest.utf8.count ? String(name.dropLast(latest.count)) : name
  }

  /// The names under which a model is looked for, in this order: the one that a caller gives, the same without
  /// `:latest`, and with it.
  static func spellings(of name: String) -> [String] {
    [name, untagged(name), listedName(name)]
  }

  /// The model that a caller of any route means by a name, found as ``RequestPolicy`` finds the router's.
  public static func resolve(_ name: String, in models: [Model]) -> Model? {
    for spelling in spellings(of: name) {
      if let model = models.first(where: { $0.id == spelling }) { return model }
    }
    return nil
  }

  /// The body of `GET /api/tags`.
  public static func tags(_ models: [Model]) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: models.count * 512 + 64)
    writer.beginObject()
    writer.name("models")
    writer.beginArray()
    for model in models { write(model, to: &writer) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  /// The body of `GET /api/ps`: no models, because what is loaded is the router's and it does not tell.
  public static var ps: [UInt8] { Array(#"{"models":[]}"#.utf8) }

  /// The body of `GET /api/version`.
  public static var version: [UInt8] { Array("{\"version\":\"\(versionNumber)\"}".utf8) }

  private static func write(_ model: Model, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", listedName(model.id))
    writer.member("model", listedName(model.id))
    writer.member("modified_at", OllamaTimestamp(model.created).description)
    // Nobody here has the file. Clients add sizes up and compare digests, so both are there.
    writer.member("size", 0)
    writer.member("digest", digest(of: model.id))
    writeDetails(of: model, to: &writer)
    writer.endObject()
  }

  static func writeDetails(of model: Model, to writer: inout JSONWriter) {
    writer.name("details")
    writer.beginObject()
    writer.member("parent_model", model.root == model.id ? "" : model.root)
    writer.member("format", "")
    writer.member("family", "")
    writer.name("families")
    writer.beginArray()
    writer.endArray()
    writer.member("parameter_size", "")
    writer.member("quantization_level", "")
    writer.endObject()
  }

  /// 64 hexadecimal digits that differ from name to name: tools show the first twelve and take models of equal
  /// digests for one.
  ///
  /// They say nothing about the weights.
  private static func digest(of name: String) -> String {
    (0..<4 as Range<UInt64>).map { lane in
      // FNV-1a of 64 bits (its offset and its prime), once for each of four lanes.
      var hash = (0xcbf2_9ce4_8422_2325 ^ lane) &* 0x0000_0100_0000_01b3
      for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
      let digits = String(hash, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
