import JSONText

/// How many tokens an answer took, as Anthropic counts: what came from a cache is not among the input.
struct AnthropicUsage {
  private let input: Int
  private let cached: Int
  private let output: Int

  /// - Parameter estimate: What the request takes, for a router that does not say.
  init(_ usage: TokenUsage, estimate: Int) {
    cached = min(usage.cached, usage.prompt)
    input = usage.prompt > 0 ? usage.prompt - cached : estimate
    output = usage.completion
  }

  /// What is said before the answer is there.
  init(estimate: Int) { self.init(input: estimate, cached: 0, output: 0) }

  /// The same as it is when the model begins to write.
  var beforeOutput: AnthropicUsage { AnthropicUsage(input: input, cached: cached, output: 0) }

  private init(input: Int, cached: Int, output: Int) {
    (self.input, self.cached, self.output) = (input, cached, output)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("input_tokens", input)
    writer.member("cache_creation_input_tokens", 0)
    writer.member("cache_read_input_tokens", cached)
    writer.member("output_tokens", output)
    writer.endObject()
  }
}
