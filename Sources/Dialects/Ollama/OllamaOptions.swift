import JSONText

/// Ollama's sampling options in OpenAI's words. What is not here is ignored: it steers memory and hardware, which are
/// the router's (`num_ctx`, `num_gpu`, `num_thread`, …), or is unknown, which Ollama ignores too.
extension RequestMembers {
  /// Numbers that are documented for the router, with their bounds there.
  private static let documented: [(String, ClosedRange<Double>)] = [
    ("temperature", 0...2), ("top_p", 0...1), ("presence_penalty", -2...2), ("frequency_penalty", -2...2),
  ]

  /// Numbers that are not, so that the policy decides, and the members in which backends take them.
  ///
  /// They differ in what they call the repetition penalty: llama.cpp as Ollama does, vLLM otherwise.
  private static let undocumented: [(String, [String])] = [
    ("top_k", ["top_k"]), ("min_p", ["min_p"]), ("typical_p", ["typical_p"]), ("tfs_z", ["tfs_z"]),
    ("repeat_penalty", ["repeat_penalty", "repetition_penalty"]), ("repeat_last_n", ["repeat_last_n"]),
    ("mirostat", ["mirostat"]), ("mirostat_tau", ["mirostat_tau"]), ("mirostat_eta", ["mirostat_eta"]),
  ]

  /// Writes the options that have a meaning for the router, numbers with the digits that the caller wrote.
  func writeOptions(to draft: inout ChatDraft) throws(APIFault) {
    for (name, range) in Self.documented {
      guard try number(name, in: range) != nil, let value = self[name] else { continue }
      draft.member(name, value)
    }
    for (name, members) in Self.undocumented {
      guard let value = self[name] else { continue }
      guard value.kind == .number else { throw wrongType(name, "a number") }
      for member in members { draft.member(member, value) }
    }
    if let seed = try wholeNumber("seed", in: .min ... .max) { draft.member("seed") { $0.integer(seed) } }
    // -1 means without end and -2 as much as fits the context: both are what a router does that is told nothing.
    let isUnlimited = self["num_predict"]?.number.map { $0 <= 0 && $0.rounded() == $0 } ?? false
    if !isUnlimited, let limit = try tokens("num_predict") {
      draft.member("max_tokens") { $0.integer(limit) }
    }
    if let stops = try stops("stop") { draft.member("stop", stops) }
  }
}
