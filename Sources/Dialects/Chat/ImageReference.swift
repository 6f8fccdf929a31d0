import JSONText

/// What an `image_url` may point at.
///
/// Nothing here fetches anything.
enum ImageReference {
  /// How a chat request holds an image itself.
  private static let remedy = "Send the image itself as a data: address"

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
  /// - Parameters:
  ///   - content: the raw content of a JSON string.
  ///   - remedy: what to do instead, in the words of the dialect.
  static func check(
    url content: ArraySlice<UInt8>, at place: String, under policy: RequestPolicy, remedy: String = remedy
  ) throws(APIFault) {
    if isRemote(content) {
      guard policy.remoteImages == .pass else {
        throw .invalidRequest(
          "remote_image_refused",
          "'\(place)' names an image by a remote address. The router's host would fetch it in the clear, outside of the "
            + "sealed exchange. \(remedy); compat.remote_images = \"pass\" allows remote ones.",
          parameter: place)
      }
      return
    }
    var text = ASCIIContent(content)
    guard text.lowercased(upTo: UInt8(ascii: ":"), atMost: 16) == "data" else {
      throw .invalidRequest(
        "invalid_image", "'\(place)' must be a data: address that holds an image in base64.", parameter: place
      )
    }
    guard ImageData.isImage(dataURL: content) else {
      throw .invalidRequest(
        "invalid_image",
        "'\(place)' is a data address, but holds no \(ImageData.formats) image in base64.", parameter: place)
    }
  }

  /// Whether an address names an image that somebody would have to fetch.
  static func isRemote(_ content: ArraySlice<UInt8>) -> Bool {
    var text = ASCIIContent(content)
    let scheme = text.lowercased(upTo: UInt8(ascii: ":"), atMost: 16)
    return scheme == "http" || scheme == "https"
  }

  /// The refusal of what should be an image's bytes in base64 and is not.
  static func noImage(at place: String) -> APIFault {
    .invalidRequest(
      "invalid_image", "'\(place)' must be a \(ImageData.formats) image in base64.", parameter: place)
  }
}
