import JSONText

extension RequestMembers {
  /// The prompts, each as the raw content of a JSON string: one string, or each of a list.
  ///
  /// - Throws: also for prompts that are tokens: only the router's host knows what they stand for.
  func prompts(choicesEach count: Int) throws(APIFault) -> [ArraySlice<UInt8>] {
    guard let value = self["prompt"] else { throw missing("prompt", "a string or a list of strings") }
    if let content = value.stringContent { return [content] }
    guard let elements = value.lazyElements else {
      throw wrongType("prompt", "a string or a list of strings")
    }
    var prompts: [ArraySlice<UInt8>] = []
    for element in elements {
      guard let content = element.stringContent else {
        if element.kind == .number || element.kind == .array {
          throw unsupported(
            "prompt", "tokens cannot be turned into text here. Send the prompt as a string.")
        }
        let place = "\(place(of: "prompt"))[\(prompts.count)]"
        throw .invalidRequest("invalid_type", "'\(place)' must be a string.", parameter: place)
      }
      prompts.append(content)
      guard prompts.count * count <= ChatAnswer.choiceLimit else {
        throw tooMany(elements.reduce(0) { number, _ in number + 1 }, choicesEach: count)
      }
    }
    guard !prompts.isEmpty else { throw wrongValue("prompt", "a list with at least one string") }
    return prompts
  }

  private func tooMany(_ prompts: Int, choicesEach count: Int) -> APIFault {
    let choices = prompts.multipliedReportingOverflow(by: count).partialValue
    return .invalidRequest(
      "invalid_value",
      "\(prompts) prompts with 'n' \(count) make \(choices) choices; an answer has at most "
        + "\(ChatAnswer.choiceLimit).", parameter: place(of: "prompt"))
  }
}
