import JSONText

/// The durations that Ollama reports, in nanoseconds.
///
/// Only the whole is measured. It is shared out by the numbers of tokens, which is an estimate: clients divide by both
/// parts, and so show for both the rate of the whole. Loading, which nobody divides by, has none.
struct OllamaDurations {
  /// The time from the request's arrival to the answer, at least 2.
  let total: Int

  init(_ elapsed: Duration) {
    let (seconds, attoseconds) = elapsed.components
    let nanoseconds = Int64(attoseconds / 1_000_000_000)
    // More than this is no time that anybody waited (it is 292 years).
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let sum = whole.partialValue.addingReportingOverflow(nanoseconds)
    total = whole.overflow || sum.overflow ? Int.max : max(2, Int(sum.partialValue))
  }

  /// Writes the members, with the counts of tokens between them.
  func write(_ usage: TokenUsage, to writer: inout JSONWriter) {
    writer.member("total_duration", total)
    writer.member("load_duration", 0)
    writer.member("prompt_eval_count", usage.prompt)
    let prompt = promptShare(of: usage)
    writer.member("prompt_eval_duration", prompt)
    writer.member("eval_count", usage.completion)
    writer.member("eval_duration", total - prompt)
  }

  /// The prompt's part of the whole, at least 1 and so that at least 1 is left.
  private func promptShare(of usage: TokenUsage) -> Int {
    // The numbers are the router's, so they may be anything; no exchange has more tokens than this.
    let (prompt, completion) = (min(usage.prompt, Int(Int32.max)), min(usage.completion, Int(Int32.max)))
    guard prompt + completion > 0 else { return total / 2 }
    let share = (prompt + completion).dividingFullWidth(total.multipliedFullWidth(by: prompt)).quotient
    return min(max(1, share), total - 1)
  }
}
