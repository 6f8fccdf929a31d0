import JSONText

/// Answers Anthropic's `POST /v1/messages/count_tokens` without asking anybody.
public enum AnthropicTokenCount {
  /// `{"input_tokens":N,"estimated":true}` for a request to count; no model has counted, so the number is marked as what
  /// it is.
  ///
  /// - Throws: status 400 where the request could not be sent as a message either; `max_tokens` and what says how to
  ///   sample are not looked at.
  public static func estimate(_ body: [UInt8]) throws(APIFault) -> [UInt8] {
    let (_, members) = try RequestMembers.reading(body)
    _ = try members.thinkingDisplay()
    // Nothing is sent, so there is nothing to keep images from.
    let translation = try AnthropicTranslation(members, under: RequestPolicy(remoteImages: .pass))
    var writer = JSONWriter()
    writer.beginObject()
    writer.member(
      "input_tokens", translation.images.tokenEstimate(byteCount: translation.draft.text().count))
    writer.member("estimated", true)
    writer.endObject()
    return writer.bytes
  }
}

/// What the images of a request are, for the estimate of its tokens: their bytes say nothing of it.
struct AnthropicImages {
  /// About what the largest image takes that a model gets to see unscaled (Anthropic's documentation, "Vision").
  private static let tokensPerImage = 1600

  private var count = 0
  private var byteCount = 0

  mutating func add(byteCount: Int) {
    count += 1
    self.byteCount += byteCount
  }

  /// What a request of so many bytes takes, roughly.
  func tokenEstimate(byteCount: Int) -> Int {
    max(1, TokenUsage.estimate(byteCount: max(0, byteCount - self.byteCount)) + count * Self.tokensPerImage)
  }
}
