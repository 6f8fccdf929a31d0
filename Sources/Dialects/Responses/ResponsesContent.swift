import JSONText

/// One part of a message's content, or of a tool's output.
enum ResponsesPart {
  /// The raw content of a JSON string.
  case text(ArraySlice<UInt8>)
  /// An image: its address as the raw content of a JSON string, and how closely to look at it.
  case image(ArraySlice<UInt8>, detail: String?)

  /// Reads a part.
  ///
  /// - Parameter images: Whether an image can stand here.
  init(
    _ value: JSONValue, of members: RequestMembers, at place: String, images: Bool,
    under policy: RequestPolicy
  )
    throws(APIFault)
  {
    let part = try members.members(value, at: place)
    let type = try part.requiredString("type")
    switch type {
    case "input_text", "output_text", "text", "summary_text", "reasoning_text":
      self = .text(try part.requiredContent("text"))
    case "refusal": self = .text(try part.requiredContent("refusal"))
    // What one of Codex's agents tells another. OpenAI's service encrypts it; what models here wrote is plain.
    case "encrypted_content": self = .text(try part.requiredContent("encrypted_content"))
    case "input_image":
      guard images else {
        throw part.unsupported("type", "an image can only be in a user's message or a tool's output.")
      }
      self = try Self.image(part, under: policy)
    case "input_file":
      throw part.unsupported(
        "type", "the router takes no files. Send the file's text as an 'input_text', or its pages as images.")
    case "input_audio": throw part.unsupported("type", "the router takes no audio. Send a transcript.")
    default:
      throw part.unsupported(
        "type", "a part of type \(ForeignText(type)) is not known. Send input_text or input_image.")
    }
  }

  private static func image(_ part: RequestMembers, under policy: RequestPolicy) throws(APIFault)
    -> ResponsesPart
  {
    let detail = try part.string("detail")
    guard let value = part["image_url"] else {
      if part["file_id"] != nil {
        throw part.unsupported(
          "file_id", "no files are kept here. Send the image as a data: URL in 'image_url'.")
      }
      throw part.missing("image_url", "a data: URL")
    }
    guard let content = value.stringContent else { throw part.wrongType("image_url", "a string") }
    try ImageReference.check(url: content, at: part.place(of: "image_url"), under: policy)
    return .image(content, detail: detail)
  }

  /// Writes the part as one of chat completions.
  func write(to writer: inout JSONWriter) {
    switch self {
    case .text(let content): writer.textPart(content)
    // Chat completions know no closer look than "high".
    case .image(let address, let detail):
      writer.imagePart(address, detail: detail == "original" ? "high" : detail)
    }
  }
}
