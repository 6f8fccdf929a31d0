import JSONText

/// What a message, a tool's result or a document holds.
enum AnthropicContent {
  /// A text, as the raw content of a JSON string.
  case text(ArraySlice<UInt8>)
  /// A list of blocks.
  case blocks(JSONElements)
}

extension RequestMembers {
  /// A member that must be there and is a string or a list of blocks.
  func textOrBlocks(_ name: String = "content") throws(APIFault) -> AnthropicContent {
    guard let value = self[name] else { throw missing(name, "a string or a list of blocks") }
    if let text = value.stringContent { return .text(text) }
    guard let blocks = value.lazyElements else { throw wrongType(name, "a string or a list of blocks") }
    return .blocks(blocks)
  }

  /// A string that must be there, as the raw content of a JSON string.
  func rawString(_ name: String) throws(APIFault) -> ArraySlice<UInt8> {
    guard let value = self[name] else { throw missing(name, "a string") }
    guard let content = value.stringContent else { throw wrongType(name, "a string") }
    return content
  }

  /// A name or an identifier that must be there.
  func shortString(_ name: String, atMost limit: Int) throws(APIFault) -> String {
    let text = try requiredString(name)
    guard (1...limit).contains(text.utf8.count) else {
      throw wrongValue(name, "a string of 1 to \(limit) bytes")
    }
    return text
  }

  func checkMediaType(among types: [String]) throws(APIFault) {
    let type = try requiredString("media_type")
    guard types.contains(type) else {
      throw wrongValue("media_type", types.map { "\"\($0)\"" }.joined(separator: " or "))
    }
  }

  /// A block that this is no place for, or that means something only to Anthropic's own servers.
  func unreadableBlock(_ type: String) -> APIFault {
    unsupported(
      "type",
      "a block of type \(ForeignText(type)) cannot be told to the model here. Leave it out, or say it as text."
    )
  }
}
