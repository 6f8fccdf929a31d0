import JSONText

extension RequestMembers {
  /// The texts at which an answer ends, a string or a list of strings, to be passed on as they stand; nil where there is
  /// none.
  func stops(_ name: String) throws(APIFault) -> JSONValue? {
    guard let value = self[name] else { return nil }
    if let text = value.stringContent { return text.isEmpty ? nil : value }
    guard let texts = value.lazyElements else { throw wrongType(name, "a string or a list of strings") }
    var count = 0
    for text in texts {
      guard text.kind == .string else { throw wrongType("\(name)[\(count)]", "a string") }
      count += 1
      guard count <= ChatParameters.stopLimit else {
        throw wrongValue(name, "a list of at most \(ChatParameters.stopLimit) strings")
      }
    }
    return count > 0 ? value : nil
  }
}
