import JSONText

/// How many tokens an exchange took, as far as the router says.
struct TokenUsage: Equatable {
  let prompt: Int
  let completion: Int
  let total: Int
  /// Of the prompt, those that a cache had.
  let cached: Int
  /// Of the completion, those that were reasoning.
  let reasoning: Int

  /// Reads `usage` of an answer; what is missing there is 0, or the sum.
  init(_ answer: ChatAnswer) {
    let usage = try? answer.object["usage"]?.object()
    func count(_ name: String, in details: String? = nil) -> Int? {
      let object = details.map { try? usage?[$0]?.object() } ?? usage
      return object?[name]?.integer.flatMap { $0 >= 0 ? $0 : nil }
    }
    prompt = count("prompt_tokens") ?? 0
    completion = count("completion_tokens") ?? 0
    let (sum, overflow) = prompt.addingReportingOverflow(completion)
    total = count("total_tokens") ?? (overflow ? .max : sum)
    cached = count("cached_tokens", in: "prompt_tokens_details") ?? 0
    reasoning = count("reasoning_tokens", in: "completion_tokens_details") ?? 0
  }

  /// What a text of so many bytes takes, roughly: four bytes make a token of English.
  ///
  /// Only for where a dialect wants a number before the model has counted.
  static func estimate(byteCount: Int) -> Int { (byteCount + 3) / 4 }
}
