import JSONText

/// Images as Ollama's requests carry them: base64 without a media type.
struct OllamaImage {
  /// Its address in a chat request, as the raw content of a JSON string.
  let address: [UInt8]

  /// Reads an image; nil where it is none.
  init?(_ value: JSONValue) {
    guard let content = value.stringContent, let plain = Self.unescaped(content, value) else { return nil }
    guard let base64 = Self.digits(of: Self.withoutAddress(plain)) else { return nil }
    // What its first bytes say that it is.
    guard let mediaType = ImageData.mediaType(base64: base64) else { return nil }
    // Digits only, which need no escape.
    address = Array("data:\(mediaType);base64,".utf8) + base64
  }

  /// Takes an address that is a remote one and was allowed.
  init(remote content: ArraySlice<UInt8>) { address = Array(content) }

  /// Encoders that escape the slash mean the same image.
  ///
  /// What comes out of this is no content of a JSON string any more, and must not be written as such unchecked.
  private static func unescaped(_ content: ArraySlice<UInt8>, _ value: JSONValue) -> ArraySlice<UInt8>? {
    guard content.contains(UInt8(ascii: "\\")) else { return content }
    return value.string.map { Array($0.utf8)[...] }
  }

  /// The base64 without the white space that encoders wrap it with; nil where anything else stands in it.
  private static func digits(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var hasSpace = false
    for byte in text {
      if ImageData.base64Value(byte) != nil || byte == UInt8(ascii: "=") { continue }
      guard isSpace(byte) else { return nil }
      hasSpace = true
    }
    return hasSpace ? text.filter { !isSpace($0) }[...] : text
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
    default: false
    }
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
  func images(under policy: RequestPolicy) throws(APIFault) -> [OllamaImage] {
    guard let list = try list("images") else { return [] }
    var images: [OllamaImage] = []
    for value in list {
      let place = "\(place(of: "images"))[\(images.count)]"
      if let content = value.stringContent, ImageReference.isRemote(content) {
        try ImageReference.check(
          url: content, at: place, under: policy, remedy: "Send the image itself in base64")
        images.append(OllamaImage(remote: content))
        continue
      }
      guard let image = OllamaImage(value) else { throw ImageReference.noImage(at: place) }
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
    if !text.isEmpty { textPart(text) }
    for image in images { imagePart(image.address) }
    endArray()
  }
}
