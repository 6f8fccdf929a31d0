import JSONText

/// The members of a request that the proxy itself has to understand, each checked as it is read.
struct RequestMembers {
  private let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  /// Every chunk of a stream repeats the model's name, so it is bounded; real ones have under 100 bytes.
  static let modelByteLimit = 256

  func model() throws(APIFault) -> String {
    guard let value = value("model") else { throw missing("model", "a string") }
    guard let text = value.string, (1...Self.modelByteLimit).contains(text.utf8.count) else {
      throw wrongType("model", "a string of 1 to \(Self.modelByteLimit) bytes")
    }
    return text
  }

  func requireMessages() throws(APIFault) {
    guard let value = value("messages") else { throw missing("messages", "a list of messages") }
    // Walked, not collected: ten megabytes can hold five million elements.
    guard let messages = value.lazyElements, messages.first(where: { _ in true }) != nil else {
      throw wrongType("messages", "a list with at least one message")
    }
    guard messages.allSatisfy({ $0.kind == .object }) else {
      throw wrongType("messages", "a list of objects")
    }
  }

  func bool(_ name: String) throws(APIFault) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let flag = value.bool else { throw wrongType(name, "true or false") }
    return flag
  }

  /// Whether a usage event is asked for.
  func streamOptions() throws(APIFault) -> Bool {
    guard let value = value("stream_options") else { return false }
    guard value.kind == .object, let options = try? value.object() else {
      throw wrongType("stream_options", "an object")
    }
    guard let include = options["include_usage"], !include.isNull else { return false }
    guard let flag = include.bool else { throw wrongType("stream_options.include_usage", "true or false") }
    return flag
  }

  func securityTier() throws(APIFault) -> String? {
    guard let value = value("security_tier") else { return nil }
    guard let tier = value.string else { throw wrongType("security_tier", "a string") }
    return tier
  }

  func choiceCount() throws(APIFault) -> Int {
    guard let value = value("n") else { return 1 }
    guard let count = value.integer, (1...ChatAnswer.choiceLimit).contains(count) else {
      throw wrongType("n", "a whole number from 1 to \(ChatAnswer.choiceLimit)")
    }
    return count
  }

  /// A member that is there and not null; callers send null for "not set".
  private func value(_ name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  private func missing(_ name: String, _ expected: String) -> APIFault {
    .invalidRequest(
      "missing_required_parameter", "The request has no '\(name)'. It must be \(expected).", parameter: name)
  }

  private func wrongType(_ name: String, _ expected: String) -> APIFault {
    .invalidRequest("invalid_type", "'\(name)' must be \(expected).", parameter: name)
  }
}
