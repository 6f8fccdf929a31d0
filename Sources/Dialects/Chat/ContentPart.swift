import JSONText

/// One part of a content list.
struct ContentPart {
  enum Kind {
    case text
    case image
    /// What a model thought, echoed by its client; the chat format has another place for it.
    case thought
  }

  let kind: Kind
  /// Whether it has to be written anew even in a list.
  let needsMending: Bool

  /// Reads and checks a part.
  ///
  /// - Parameter place: where it stands, for errors; a request may have many parts and no error.
  init(
    _ value: JSONValue, at place: @autoclosure () -> String, under policy: RequestPolicy
  ) throws(APIFault) {
    if let part = try? value.object(), part["type"]?.text.elementsEqual(#""text""#.utf8) == true,
      part["text"]?.kind == .string, part.members.count == 2
    {
      (kind, needsMending) = (.text, false)
      return
    }
    let part = try RequestMembers.reading(value, at: place())
    let type = try part.requiredString("type")
    guard let kind = Self.kind(of: type) else {
      throw part.unsupported(
        "type", "a part of type \(ForeignText(type)) cannot be sent; text and images can.")
    }
    switch kind {
    case .text:
      let name = type == "refusal" ? "refusal" : "text"
      guard let text = part[name] else { throw part.missing(name, "a string") }
      guard text.kind == .string else { throw part.wrongType(name, "a string") }
    case .image: try ImageReference.check(part, under: policy)
    case .thought: break
    }
    self.kind = kind
    needsMending =
      try Self.hasOthers(part, kind, policy) || (type != "text" && type != "image_url")
      || (kind == .image && part["image_url"]?.kind == .string)
  }

  /// Whether a part has members that are not passed on; those with an address are refused.
  private static func hasOthers(
    _ part: RequestMembers, _ kind: Kind, _ policy: RequestPolicy
  ) throws(APIFault) -> Bool {
    guard policy.remoteImages == .refuse else { return part.object["cache_control"] != nil }
    switch kind {
    case .text:
      try RemoteAddress.refuse(in: part, under: policy)
      return part.object.members.count > 2
    case .image:
      try RemoteAddress.refuse(in: part, except: ["image_url"], under: policy)
      guard part["image_url"]?.kind == .object, let image = try part.object("image_url") else { return true }
      try RemoteAddress.refuse(in: image, except: ["url"], under: policy)
      return part.object.members.count > 2 || hasOthers(image.object)
    // It is left out as a whole.
    case .thought: return true
    }
  }

  private static func hasOthers(_ image: JSONObject) -> Bool {
    image.members.contains { !imageMembers.contains($0.name) }
  }

  private static let imageMembers: Set<String> = ["url", "detail"]

  private static func kind(of type: String) -> Kind? {
    switch type {
    case "text", "refusal", "input_text", "output_text": .text
    case "image_url": .image
    case "thinking", "redacted_thinking", "reasoning": .thought
    default: nil
    }
  }

  /// The raw content of the text of a part that was checked; nil where it has none.
  static func text(of value: JSONValue) -> ArraySlice<UInt8>? {
    guard let part = try? value.object(), kind(of: part["type"]?.string ?? "") == .text else { return nil }
    return (part["text"] ?? part["refusal"])?.stringContent
  }

  /// Writes a part that was checked, without what only some clouds know; thoughts are left out.
  ///
  /// - Parameter keepsOthers: Whether members that are not known of an image stay.
  static func write(
    _ value: JSONValue, keepsOthers: Bool, to writer: inout JSONWriter, of document: JSONDocument
  ) {
    if let text = text(of: value) { return writer.textPart(text) }
    guard let part = try? value.object(), part["type"]?.string == "image_url" else { return }
    writer.beginObject()
    for member in part.members where member.name != "cache_control" {
      if member.name == "image_url", member.value.kind == .string {
        writer.name("image_url")
        writer.beginObject()
        writer.name("url")
        writer.raw(member.value.text)
        writer.endObject()
      } else if keepsOthers || member.name == "type" {
        writer.copy(member, of: document)
      } else if member.name == "image_url", let image = try? member.value.object() {
        if hasOthers(image) {
          write(image, to: &writer, of: document)
        } else {
          writer.copy(member, of: document)
        }
      }
    }
    writer.endObject()
  }

  private static func write(_ image: JSONObject, to writer: inout JSONWriter, of document: JSONDocument) {
    writer.name("image_url")
    writer.beginObject()
    for member in image.members where imageMembers.contains(member.name) {
      writer.copy(member, of: document)
    }
    writer.endObject()
  }
}
