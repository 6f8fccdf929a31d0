/// A moment as Ollama writes it: RFC 3339 in UTC, with the nanoseconds that nobody here measures.
struct OllamaTimestamp: CustomStringConvertible {
  /// `2023-11-14T22:13:20.000000000Z`.
  let description: String

  /// - Parameter seconds: Since 1970.
  init(_ seconds: Int) { description = UTCTime.text(seconds).dropLast() + ".000000000Z" }
}
