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
