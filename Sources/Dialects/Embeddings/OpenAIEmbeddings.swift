import JSONText

/// OpenAI's embeddings, which an embedder on this machine computes: NOMYO's scheme has none.
public enum OpenAIEmbeddings {
  /// Reads a request.
  ///
  /// What the embedder gets is the caller's text without members that identify the caller or are the proxy's business, and
  /// without those that are null.
  ///
  /// - Throws: status 400.
  public static func decode(
    _ body: [UInt8], under policy: RequestPolicy
  ) throws(APIFault) -> EmbeddingRequest {
    let (document, members) = try RequestMembers.reading(body)
    let model = try members.model()
    let inputCount = try members.inputCount()
    let format = try members.string("encoding_format") ?? "float"
    guard format == "float" || format == "base64" else {
      throw members.wrongValue("encoding_format", "\"float\" or \"base64\"")
    }
    _ = try members.integer("dimensions", in: 1...dimensionLimit)
    var editor = JSONEditor(document, object: members.object)
    for member in members.object.members where member.value.isNull || isLocal(member.name, policy) {
      editor.remove(member.name)
    }
    return EmbeddingRequest(
      body: editor.isEmpty ? document.bytes : editor.edited(), model: model, inputCount: inputCount,
      wantsBase64: format == "base64")
  }

  /// The body of the answer: the embedder's own, but for floats where base64 was asked for.
  ///
  /// OpenAI's SDKs ask for base64 unless told otherwise, and not every embedder knows it.
  ///
  /// - Throws: status 502 where it is not the answer to this request.
  public static func encode(
    _ answer: [UInt8], to request: EmbeddingRequest
  ) throws(APIFault) -> [UInt8] {
    let answer = try EmbeddingAnswer(answer, to: request)
    return request.wantsBase64 && answer.hasLists ? try answer.inBase64() : answer.document.bytes
  }

  /// Without an embedder there is nothing to ask.
  public static let notAvailable = APIFault(
    status: 501, type: "invalid_request_error", code: "embeddings_not_available",
    message:
      "NOMYO's scheme has no embeddings, and nothing is sent in the clear. Set embeddings.url to an embedder on this "
      + "machine, for example \"http://127.0.0.1:11434/v1\".", shouldRetry: false)

  /// Real models have under ten thousand.
  static let dimensionLimit = 65_536

  private static func isLocal(_ name: String, _ policy: RequestPolicy) -> Bool {
    switch name {
    // Named arguments of NOMYO's client, and what opts into a router's cache.
    case "security_tier", "api_key", "base_url", "nomyo": true
    default: policy.strips(name)
    }
  }
}

extension RequestMembers {
  /// How many texts the member `input` holds: one, a list of them, or the same in tokens.
  fileprivate func inputCount() throws(APIFault) -> Int {
    guard let input = self["input"] else { throw missing("input", Self.inputs) }
    if input.kind == .string { return 1 }
    guard let elements = input.lazyElements else { throw wrongType("input", Self.inputs) }
    guard let first = elements.first(where: { _ in true }) else { throw wrongValue("input", Self.inputs) }
    var count = 0
    for element in elements {
      guard element.kind == first.kind, Self.isText(element) || element.isToken else {
        throw .invalidRequest(
          "invalid_type",
          "'input[\(count)]' is unlike the elements before it, or empty. 'input' must be \(Self.inputs).",
          parameter: "input[\(count)]")
      }
      count += 1
    }
    return first.kind == .number ? 1 : count
  }

  private static let inputs =
    "a string, a list of strings, a list of tokens or a list of such lists, and not an empty list"

  private static func isText(_ value: JSONValue) -> Bool {
    if value.kind == .string { return true }
    guard let tokens = value.lazyElements else { return false }
    var count = 0
    for token in tokens {
      guard token.isToken else { return false }
      count += 1
    }
    return count > 0
  }
}

extension JSONValue {
  fileprivate var isToken: Bool { integer.map { $0 >= 0 } ?? false }
}
