import JSONText

/// The durations that Ollama reports, in nanoseconds.
///
/// Only the whole is measured, and nearly all of it is the model's writing. So the writing has it all but for one
/// nanosecond for the prompt, because clients divide by both; loading, which nobody divides by, has none.
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
    writer.member("prompt_eval_duration", 1)
    writer.member("eval_count", usage.completion)
    writer.member("eval_duration", total - 1)
  }
}
