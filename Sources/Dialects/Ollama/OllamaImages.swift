import JSONText

/// Images as Ollama's requests carry them: base64 without a media type.
struct OllamaImage {
  /// What its first bytes say that it is.
  let mediaType: String
  /// The base64, as the raw content of a JSON string.
  let base64: ArraySlice<UInt8>

  /// Reads an image; nil where it is none.
  init?(_ value: JSONValue) {
    guard let content = value.stringContent else { return nil }
    guard let plain = Self.unescaped(content, value) else { return nil }
    let base64 = Self.withoutAddress(plain)
    guard let mediaType = ImageData.mediaType(base64: base64) else { return nil }
    self.mediaType = mediaType
    self.base64 = base64
  }

  /// Encoders that escape the slash, or wrap base64 at 76 columns, mean the same image.
  private static func unescaped(_ content: ArraySlice<UInt8>, _ value: JSONValue) -> ArraySlice<UInt8>? {
    guard content.contains(UInt8(ascii: "\\")) else { return content }
    guard let text = value.string else { return nil }
    return ArraySlice(text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
  }

  /// Some clients send the whole `data:` address; its media type is not believed.
  private static func withoutAddress(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    // The part before the comma is a media type and a few parameters.
    guard content.starts(with: "data:".utf8),
      let comma = content.prefix(256).firstIndex(of: UInt8(ascii: ","))
    else { return content }
    return content[(comma + 1)...]
  }
}

extension RequestMembers {
  /// The object's images.
  func images() throws(APIFault) -> [OllamaImage] {
    guard let list = try list("images") else { return [] }
    var images: [OllamaImage] = []
    for value in list {
      guard let image = OllamaImage(value) else {
        let place = "\(place(of: "images"))[\(images.count)]"
        throw .invalidRequest(
          "invalid_image", "'\(place)' must be a PNG, JPEG, GIF or WebP image in base64.", parameter: place)
      }
      images.append(image)
    }
    return images
  }
}

extension JSONWriter {
  /// Writes the member `content` of a user's message: a string, or parts where there are images.
  mutating func content(_ text: ArraySlice<UInt8>, _ images: [OllamaImage]) {
    guard !images.isEmpty else { return member("content", content: text) }
    name("content")
    beginArray()
    if !text.isEmpty {
      beginObject()
      member("type", "text")
      member("text", content: text)
      endObject()
    }
    for image in images {
      beginObject()
      member("type", "image_url")
      name("image_url")
      beginObject()
      member("url", content: Array("data:\(image.mediaType);base64,".utf8) + image.base64)
      endObject()
      endObject()
    }
    endArray()
  }
}
