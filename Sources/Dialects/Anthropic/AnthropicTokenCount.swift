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
