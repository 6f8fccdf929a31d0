public import JSONText

/// An authentic answer whose shape was checked: a `chat.completion` with at least one message.
public struct ChatAnswer: Sendable {
  /// One of the answer's choices.
  public struct Choice: Sendable {
    /// Its place, as the router numbered it or else by order: one of the first numbers, and no other choice's.
    public fileprivate(set) var index: Int
    /// The members of its message.
    public let message: JSONObject
    /// Why the model stopped, nil where the router does not say.
    public let finishReason: String?
    /// Token probabilities, if asked for and sent.
    public let logprobs: JSONValue?
    /// The tools to call, in their order.
    let calls: [ToolCall]
  }

  /// No caller can ask for more (OpenAI's bound on `n`).
  public static let choiceLimit = 128

  /// The answer's text.
  public let document: JSONDocument
  /// The bytes of its text.
  public var byteCount: Int { document.bytes.count }
  /// The answer's members.
  public let object: JSONObject
  /// In the order in which they came.
  public let choices: [Choice]
  /// How many of the choices came from each answer that this one was merged of; of any other answer one number.
  let counts: [Int]

  /// Checks the shape of an opened answer.
  ///
  /// - Throws: status 502 with code `upstream_error` when the router sealed an error, `upstream_answer` when it sealed
  ///   something else.
  public init(document: JSONDocument, object: JSONObject) throws(APIFault) {
    try self.init(document: document, object: object, counts: nil)
  }

  /// Checks the shape of an answer that was merged of several with so many choices.
  init(document: JSONDocument, object: JSONObject, counts: [Int]?) throws(APIFault) {
    self.document = document
    self.object = object
    guard let values = object["choices"]?.lazyElements else { throw Self.fault(insteadOf: object) }
    var choices: [Choice] = []
    for value in values {
      guard choices.count < Self.choiceLimit else { throw Self.malformed }
      choices.append(try Choice(value, position: choices.count))
    }
    guard !choices.isEmpty else { throw Self.fault(insteadOf: object) }
    // A stream tells choices apart by nothing else, and clients make room for as many as the highest number says.
    if Set(choices.map(\.index)) != Set(choices.indices) {
      for position in choices.indices { choices[position].index = position }
    }
    self.choices = choices
    self.counts = counts ?? [choices.count]
  }

  private static func fault(insteadOf object: JSONObject) -> APIFault {
    guard let error = object["error"], !error.isNull else { return Self.malformed }
    let members = try? error.object()
    let said = members?["message"]?.string ?? error.string
    return APIFault(
      status: 502, type: "server_error", code: "upstream_error",
      message: "The router answered with an error." + (said.map { " It says: \(ForeignText($0))" } ?? ""))
  }

  fileprivate static let malformed = APIFault.upstreamAnswer(
    "The router's answer was authentic but is not a chat completion with choices. Try again; if it stays, "
      + "the router's operator has to look at the model.")
}

extension ChatAnswer.Choice {
  fileprivate init(_ value: JSONValue, position: Int) throws(APIFault) {
    guard let members = try? value.object(), let message = try? members["message"]?.object() else {
      throw ChatAnswer.malformed
    }
    switch message["content"]?.kind {
    case nil, .null, .string, .array: break
    case .object, .number, .bool: throw ChatAnswer.malformed
    }
    index = members["index"]?.integer ?? position
    self.message = message
    finishReason = members["finish_reason"]?.string
    logprobs = members["logprobs"].flatMap { $0.isNull ? nil : $0 }
    calls = try Self.calls(of: message)
  }
}
