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
      part["text"]?.kind == .string
    {
      (kind, needsMending) = (.text, part["cache_control"] != nil)
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
      part.object["cache_control"] != nil || (type != "text" && type != "image_url")
      || (kind == .image && part["image_url"]?.kind == .string)
  }

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
  static func write(_ value: JSONValue, to writer: inout JSONWriter, of document: JSONDocument) {
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
      } else {
        writer.copy(member, of: document)
      }
    }
    writer.endObject()
  }
}

/// What an `image_url` may point at.
///
/// Nothing here fetches anything.
enum ImageReference {
  /// Refuses addresses that are no images, and remote ones as the policy says.
  static func check(_ part: RequestMembers, under policy: RequestPolicy) throws(APIFault) {
    guard let value = part["image_url"] else { throw part.missing("image_url", "an object with a 'url'") }
    let isString = value.kind == .string
    let holder = isString ? part : try part.members(value, at: part.place(of: "image_url"))
    let name = isString ? "image_url" : "url"
    guard let url = holder[name] else { throw holder.missing(name, "an address") }
    guard let content = url.stringContent else { throw holder.wrongType(name, "a string") }
    try check(url: content, at: holder.place(of: name), under: policy)
  }

  /// Refuses an address that is no image, and a remote one as the policy says.
  ///
  /// - Parameter content: the raw content of a JSON string.
  static func check(
    url content: ArraySlice<UInt8>, at place: String, under policy: RequestPolicy
  ) throws(APIFault) {
    var text = ASCIIContent(content)
    switch text.lowercased(upTo: UInt8(ascii: ":"), atMost: 16) {
    case "data":
      guard ImageData.isImage(dataURL: content) else {
        throw .invalidRequest(
          "invalid_image",
          "'\(place)' is a data address, but holds no PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or HEIC "
            + "image in base64.", parameter: place)
      }
    case "http", "https":
      guard policy.remoteImages == .pass else {
        throw .invalidRequest(
          "remote_image_refused",
          "'\(place)' names an image by a remote address. The router's host would fetch it in the clear, outside of the "
            + "sealed exchange. Send the image itself as a data: address; compat.remote_images = \"pass\" allows remote "
            + "ones.", parameter: place)
      }
    default:
      throw .invalidRequest(
        "invalid_image", "'\(place)' must be a data: address that holds an image in base64.", parameter: place
      )
    }
  }
}
