import JSONText

/// The probabilities of one choice in the form of text completions, made from those of chat.
struct LegacyLogprobs {
  private let entries: JSONElements
  private let top: Int

  /// Takes over chat's `{"content":[{"token","logprob","top_logprobs"}]}`; nil where an answer has none, or
  /// none in this form.
  init?(_ logprobs: JSONValue?, top: Int) {
    guard let members = try? logprobs?.object(), let entries = members["content"]?.lazyElements,
      entries.allSatisfy({ (try? $0.object())?["token"]?.string != nil })
    else { return nil }
    self.entries = entries
    self.top = top
  }

  /// Writes the four lists, of which each has one element for each token.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    list("tokens", of: &writer) { writer, entry in writer.string(entry["token"]?.string ?? "") }
    list("token_logprobs", of: &writer) { writer, entry in writer.logprob(entry) }
    writer.name("top_logprobs")
    if top > 0 { tops(&writer) } else { writer.null() }
    // Counted in code points from the beginning of the text, as Python counts.
    var offset = 0
    list("text_offset", of: &writer) { writer, entry in
      writer.integer(offset)
      offset += entry["token"]?.string?.unicodeScalars.count ?? 0
    }
    writer.endObject()
  }

  private func tops(_ writer: inout JSONWriter) {
    writer.beginArray()
    forEachEntry { entry in
      writer.beginObject()
      // Two tokens can have one text; an object cannot have the name twice, and the likelier comes first.
      var seen: Set<String> = []
      for candidate in entry["top_logprobs"]?.lazyElements.map({ Array($0.prefix(top)) }) ?? [] {
        guard let members = try? candidate.object(), let token = members["token"]?.string,
          seen.insert(token).inserted
        else { continue }
        writer.name(token)
        writer.logprob(members)
      }
      writer.endObject()
    }
    writer.endArray()
  }

  private func list(
    _ name: String, of writer: inout JSONWriter, _ write: (inout JSONWriter, JSONObject) -> Void
  ) {
    writer.name(name)
    writer.beginArray()
    forEachEntry { write(&writer, $0) }
    writer.endArray()
  }

  private func forEachEntry(_ body: (JSONObject) -> Void) {
    for entry in entries {
      if let members = try? entry.object() { body(members) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func logprob(_ entry: JSONObject) {
    if let value = entry["logprob"], value.kind == .number { self.value(value) } else { null() }
  }
}
