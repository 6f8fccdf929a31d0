import JSONText

/// Reads the blocks that show something to a model: text, documents, search results, images.
struct AnthropicBlocks {
  private let policy: RequestPolicy
  /// Which images there were.
  private(set) var images = AnthropicImages()
  /// The tools that a tool search of the caller's has found.
  private(set) var foundTools: Set<String> = []

  init(under policy: RequestPolicy) { self.policy = policy }

  /// Adds a block to a message's content.
  ///
  /// - Throws: for a block that says nothing to a model or cannot be translated.
  mutating func read(_ block: RequestMembers, into parts: inout AnthropicParts) throws(APIFault) {
    let type = try block.requiredString("type")
    switch type {
    case "text": parts.text(try block.rawString("text"))
    case "image": try readImage(block, into: &parts)
    case "document": try readDocument(block, into: &parts)
    case "search_result":
      let head = [("Source", try block.rawString("source")), ("Title", try block.rawString("title"))]
      try read(block.textOrBlocks(), of: block, within: "search_result", head, into: &parts)
    case "tool_reference":
      foundTools.insert(try block.requiredString("tool_name"))
      parts.text(Array("This tool can be called now: ".utf8) + (try block.rawString("tool_name")))
    // A note of where another model took over, which says nothing to this one.
    case "fallback": break
    default: throw block.unreadableBlock(type)
    }
  }

  /// Adds an image and nothing else.
  private mutating func readImage(_ block: RequestMembers, into parts: inout AnthropicParts) throws(APIFault)
  {
    guard let source = try block.object("source") else { throw block.missing("source", "an object") }
    switch try source.requiredString("type") {
    case "base64":
      let data = try source.rawString("data")
      try source.checkMediaType(among: ImageData.mediaTypes)
      // The bytes tell their own type: tools mislabel images, and models go by what the address says.
      guard let type = ImageData.mediaType(base64: data) else {
        throw ImageReference.noImage(at: source.place(of: "data"))
      }
      parts.image(Array("data:\(type);base64,".utf8) + data)
      images.add(byteCount: data.count)
    case "url":
      let address = try source.rawString("url")
      try ImageReference.check(
        url: address, at: source.place(of: "url"), under: policy,
        remedy: "Send it as a source of type base64")
      parts.image(address)
      images.add(byteCount: address.count)
    case "file":
      throw source.unsupported("file_id", "no files are kept here. Send the image itself in base64.")
    default: throw source.wrongValue("type", "\"base64\" or \"url\"")
    }
  }

  private mutating func readDocument(_ block: RequestMembers, into parts: inout AnthropicParts)
    throws(APIFault)
  {
    guard let source = try block.object("source") else { throw block.missing("source", "an object") }
    var head: [(String, ArraySlice<UInt8>)] = []
    for (label, name) in [("Title", "title"), ("Context", "context")] where block[name] != nil {
      head.append((label, try block.rawString(name)))
    }
    switch try source.requiredString("type") {
    case "text":
      try source.checkMediaType(among: ["text/plain"])
      try read(.text(try source.rawString("data")), of: source, within: "document", head, into: &parts)
    case "content": try read(source.textOrBlocks(), of: source, within: "document", head, into: &parts)
    case "base64", "url", "file":
      throw source.unsupported(
        "type",
        "models behind the router read no PDF, and nothing here fetches or keeps files. Send the document's "
          + "text.")
    default: throw source.wrongValue("type", "\"text\" or \"content\"")
    }
  }

  /// Adds a text with a frame around it that says what it is: chat completions have no such parts.
  private mutating func read(
    _ content: AnthropicContent, of owner: RequestMembers, within tag: String,
    _ head: [(String, ArraySlice<UInt8>)], into parts: inout AnthropicParts
  ) throws(APIFault) {
    var opening = Array("<\(tag)>\\n".utf8)
    for (label, text) in head { opening += Array("\(label): ".utf8) + text + Array("\\n".utf8) }
    let closing = Array("\\n</\(tag)>".utf8)
    switch content {
    case .text(let text): parts.text((opening + text + closing)[...])
    case .blocks(let blocks):
      parts.text(opening[...])
      for (position, value) in blocks.enumerated() {
        let block = try owner.members(value, at: "\(owner.place(of: "content"))[\(position)]")
        switch try block.requiredString("type") {
        case "text": parts.text(try block.rawString("text"))
        case "image": try readImage(block, into: &parts)
        case let type: throw block.unreadableBlock(type)
        }
      }
      parts.text(closing[...])
    }
  }
}
