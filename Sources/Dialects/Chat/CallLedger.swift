/// Which calls the assistant made so far in a conversation, so that results can be held against them.
struct CallLedger {
  private var identifiers: Set<String> = []
  /// The newest call of each function in the old form, which has no identifiers.
  private var functions: [String: String] = [:]
  private var newest: String?

  /// Notes a call.
  mutating func insert(_ identifier: String) { identifiers.insert(identifier) }

  /// Notes a call in the old form.
  mutating func insert(_ identifier: String, function name: String) {
    functions[name] = identifier
    newest = identifier
  }

  /// Whether there was a call with this identifier.
  func contains(_ identifier: String) -> Bool { identifiers.contains(identifier) }

  /// The identifier of the call that a result in the old form answers; nil where there was none.
  func identifier(function name: String?) -> String? {
    guard let name else { return newest }
    return functions[name]
  }
}
