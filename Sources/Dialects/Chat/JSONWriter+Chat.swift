import JSONText

/// Pieces of chat completion requests that more than one dialect writes.
extension JSONWriter {
  /// An element of an assistant message's `tool_calls`; `arguments` writes the string that holds them.
  mutating func functionCall(id: String, name: String, arguments: (inout JSONWriter) -> Void) {
    beginObject()
    member("id", id)
    member("type", "function")
    self.name("function")
    beginObject()
    member("name", name)
    self.name("arguments")
    arguments(&self)
    endObject()
    endObject()
  }

  /// A text in a content list.
  ///
  /// - Parameter text: the raw content of a JSON string.
  mutating func textPart(_ text: some Collection<UInt8>) {
    beginObject()
    member("type", "text")
    name("text")
    stringContent(text)
    endObject()
  }

  /// An image in a content list.
  ///
  /// - Parameters:
  ///   - address: the raw content of a JSON string.
  ///   - detail: how closely to look at it.
  mutating func imagePart(_ address: some Collection<UInt8>, detail: String? = nil) {
    beginObject()
    member("type", "image_url")
    name("image_url")
    beginObject()
    name("url")
    stringContent(address)
    if let detail { member("detail", detail) }
    endObject()
    endObject()
  }

  /// The `response_format` that asks for JSON of a schema.
  ///
  /// - Parameter description: the raw content of a JSON string.
  mutating func schemaFormat(
    name: String, description: ArraySlice<UInt8>? = nil, schema: JSONValue, strict: Bool? = nil
  ) {
    beginObject()
    member("type", "json_schema")
    self.name("json_schema")
    beginObject()
    member("name", name)
    if let description { member("description", content: description) }
    member("schema", schema)
    if let strict { member("strict", strict) }
    endObject()
    endObject()
  }

  /// The `tool_choice` that forces one function.
  mutating func functionChoice(_ name: String) {
    beginObject()
    member("type", "function")
    self.name("function")
    beginObject()
    member("name", name)
    endObject()
    endObject()
  }
}
