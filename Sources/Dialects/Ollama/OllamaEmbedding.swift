import JSONText

/// A request for embeddings in Ollama's words, which an embedder with OpenAI's interface answers.
public struct OllamaEmbedding: Sendable {
  /// The two routes.
  public enum Route: Sendable {
    /// `POST /api/embed`: several inputs.
    case embed
    /// `POST /api/embeddings`, the older one: one prompt.
    case embeddings
  }

  /// The model as the caller named it.
  public let model: String
  private let route: Route
  /// A string or a list of strings; nil where there is nothing to embed.
  private let input: JSONValue?
  private let inputCount: Int
  private let dimensions: Int?

  /// Reads a request.
  public init(_ body: [UInt8], route: Route) throws(APIFault) {
    let (_, members) = try RequestMembers.reading(body)
    self.route = route
    model = try members.model()
    try members.checkKeepAlive()
    _ = try members.object("options")
    let name = route == .embed ? "input" : "prompt"
    let value = members[name]
    var count = value == nil || value?.stringContent?.isEmpty == true ? 0 : 1
    if let value, value.kind != .string {
      guard route == .embed, let list = value.lazyElements else {
        throw members.wrongType(name, route == .embed ? "a string or a list of strings" : "a string")
      }
      count = 0
      for element in list {
        guard element.kind == .string else { throw members.wrongType("\(name)[\(count)]", "a string") }
        count += 1
      }
    }
    input = count == 0 ? nil : value
    inputCount = count
    let dimensions =
      route == .embed ? try members.integer("dimensions", in: 0...OpenAIEmbeddings.dimensionLimit) : nil
    self.dimensions = dimensions == 0 ? nil : dimensions
  }

  /// The text to ask the embedder; nil where there is nothing to embed, so that ``emptyAnswer`` is the answer.
  ///
  /// - Parameter embedder: The embedder's name for the model.
  public func request(model embedder: String) -> [UInt8]? {
    guard let input else { return nil }
    var writer = JSONWriter(reservingCapacity: input.text.count + 256)
    writer.beginObject()
    writer.member("model", embedder)
    writer.member("input", input)
    writer.member("encoding_format", "float")
    if let dimensions { writer.member("dimensions", dimensions) }
    writer.endObject()
    return writer.bytes
  }

  /// What Ollama answers where there is nothing to embed.
  public var emptyAnswer: [UInt8] {
    written(vectors: [], model: model, tokens: 0, after: .zero)
  }

  /// The embedder's answer in Ollama's words.
  ///
  /// Numbers stay as they are written.
  ///
  /// - Throws: Status 502 with code `embedder_answer` where the embedder's answer is not what was asked for.
  public func answer(_ body: [UInt8], after elapsed: Duration) throws(APIFault) -> [UInt8] {
    guard let root = try? JSONDocument(parsing: body).root, let object = try? root.object(),
      let data = object["data"]?.lazyElements
    else { throw Self.malformed }
    var vectors: [Int: JSONValue] = [:]
    for entry in data {
      guard let members = try? entry.object(), let vector = members["embedding"],
        let numbers = vector.lazyElements, numbers.allSatisfy({ $0.kind == .number })
      else { throw Self.malformed }
      let index = members["index"]?.integer ?? vectors.count
      guard (0..<inputCount).contains(index), vectors.updateValue(vector, forKey: index) == nil else {
        throw Self.malformed
      }
    }
    guard vectors.count == inputCount else { throw Self.malformed }
    let usage = try? object["usage"]?.object()
    // The name that the embedder gives itself: it is not the router that answers here.
    return written(
      vectors: (0..<inputCount).compactMap { vectors[$0] }, model: object["model"]?.string ?? model,
      tokens: usage?["prompt_tokens"]?.integer ?? 0, after: elapsed)
  }

  private func written(vectors: [JSONValue], model: String, tokens: Int, after elapsed: Duration) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: vectors.reduce(256) { $0 + $1.text.count })
    writer.beginObject()
    switch route {
    case .embed:
      writer.member("model", model)
      writer.name("embeddings")
      writer.beginArray()
      for vector in vectors { writer.value(vector) }
      writer.endArray()
      writer.member("total_duration", OllamaDurations(elapsed).total)
      writer.member("load_duration", 0)
      writer.member("prompt_eval_count", tokens)
    case .embeddings:
      writer.name("embedding")
      if let vector = vectors.first {
        writer.value(vector)
      } else {
        writer.beginArray()
        writer.endArray()
      }
    }
    writer.endObject()
    return writer.bytes
  }

  private static let malformed = APIFault(
    status: 502, type: "server_error", code: "embedder_answer",
    message:
      "The embedder's answer is not a list with one vector of numbers for each input. Look at what "
      + "embeddings.url names."
  )
}
