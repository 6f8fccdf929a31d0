import JSONText

/// What the embedder answered, checked: one embedding for each input, in OpenAI's shape.
struct EmbeddingAnswer {
  let document: JSONDocument
  private let object: JSONObject
  private let data: JSONElements
  /// Whether at least one embedding is a list of numbers.
  let hasLists: Bool

  init(_ bytes: [UInt8], to request: EmbeddingRequest) throws(APIFault) {
    guard let document = try? JSONDocument(parsing: bytes), let object = try? document.root.object(),
      let data = object["data"]?.lazyElements
    else { throw Self.malformed("it is not a JSON object with a list 'data'") }
    (self.document, self.object, self.data) = (document, object, data)
    var (count, hasLists) = (0, false)
    for entry in data {
      let isList = try Self.isList(try Self.embedding(of: entry).embedding, at: count)
      guard isList || request.wantsBase64 else {
        throw Self.malformed("'data[\(count)].embedding' is a string where numbers were asked for")
      }
      hasLists = hasLists || isList
      count += 1
    }
    guard count == request.inputCount else {
      throw Self.malformed("it has \(count) embeddings for \(request.inputCount) inputs")
    }
    self.hasLists = hasLists
  }

  /// The same answer with each list of numbers as base64 of little-endian 32-bit floats.
  func inBase64() throws(APIFault) -> [UInt8] {
    // A number has about 20 characters as text and 5⅓ in base64.
    var entries = JSONWriter(reservingCapacity: document.bytes.count / 3 + 256)
    entries.beginArray()
    for entry in data {
      let (members, embedding) = try Self.embedding(of: entry)
      entries.beginObject()
      for member in members.members {
        if member.name == "embedding", let numbers = embedding.lazyElements {
          entries.name(member.name)
          entries.stringContent(try Self.base64(numbers))
        } else {
          entries.member(member.name, member.value)
        }
      }
      entries.endObject()
    }
    entries.endArray()
    var editor = JSONEditor(document, object: object)
    editor.replace("data", with: entries.bytes)
    return editor.edited()
  }

  /// The vectors' values; nil where an embedding is not a list of numbers.
  private static func base64(_ numbers: JSONElements) throws(APIFault) -> [UInt8] {
    var base64 = Base64Writer()
    for number in numbers {
      guard let value = number.number.map({ Float($0) }), value.isFinite else {
        throw malformed("an embedding has an element that is no 32-bit number")
      }
      base64.append(value.bitPattern)
    }
    return base64.finished()
  }

  private static func embedding(
    of entry: JSONValue
  ) throws(APIFault) -> (members: JSONObject, embedding: JSONValue) {
    guard let members = try? entry.object(), let embedding = members["embedding"] else {
      throw malformed("'data' has an entry without 'embedding'")
    }
    return (members, embedding)
  }

  /// Looks at the first element only: who converts looks at all, and who does not passes the bytes on.
  private static func isList(_ embedding: JSONValue, at index: Int) throws(APIFault) -> Bool {
    if embedding.kind == .string { return false }
    guard let first = embedding.lazyElements?.first(where: { _ in true }), first.kind == .number else {
      throw malformed("'data[\(index)].embedding' is not a list of numbers")
    }
    return true
  }

  static func malformed(_ reason: String) -> APIFault {
    APIFault(
      status: 502, type: "server_error", code: "embedder_answer",
      message:
        "The embedder's answer is refused: \(reason). Check that embeddings.url leads to an OpenAI-compatible "
        + "embedder.")
  }
}
