import JSONText

extension Chatbot.Sampling {
  /// The members of a chat request that are set, each with its value as JSON text.
  var members: [(name: String, text: [UInt8])] {
    var members: [(name: String, text: [UInt8])] = []
    func add<Value>(_ name: String, _ value: Value?, _ write: (inout JSONWriter, Value) -> Void) {
      guard let value else { return }
      var writer = JSONWriter()
      write(&writer, value)
      members.append((name, writer.bytes))
    }
    add("temperature", temperature) { $0.number($1) }
    add("top_p", topP) { $0.number($1) }
    add("max_tokens", maxTokens) { $0.integer($1) }
    add("presence_penalty", presencePenalty) { $0.number($1) }
    add("frequency_penalty", frequencyPenalty) { $0.number($1) }
    add("stop", stop.isEmpty ? nil : stop) { writer, texts in
      writer.beginArray()
      for text in texts { writer.string(text) }
      writer.endArray()
    }
    return members
  }
}
