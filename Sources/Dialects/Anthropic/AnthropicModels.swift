import JSONText

/// Anthropic's model list.
public enum AnthropicModels {
  /// One model in the form of `GET /v1/models/{id}`, or an entry of the list.
  public static func model(_ model: Model) -> [UInt8] {
    var writer = JSONWriter()
    write(model, to: &writer)
    return writer.bytes
  }

  /// The body of `GET /v1/models`: all models, or the page that a caller asks for.
  ///
  /// - Parameters:
  ///   - limit: The most that a page holds, 1 to 1000 (Anthropic's bounds); nil is no bound.
  ///   - afterID: The page begins after this model; one that is not there is before the first.
  ///   - beforeID: The page ends before this model; one that is not there is after the last.
  /// - Throws: status 400 where `limit` is no such number.
  public static func list(
    _ models: [Model], limit: String? = nil, afterID: String? = nil, beforeID: String? = nil
  ) throws(APIFault) -> [UInt8] {
    var page = models[...]
    if let afterID, let index = page.firstIndex(where: { $0.id == afterID }) { page = page[(index + 1)...] }
    if let beforeID, let index = page.firstIndex(where: { $0.id == beforeID }) { page = page[..<index] }
    var hasMore = false
    if let limit {
      guard let limit = Int(limit), (1...1000).contains(limit) else {
        throw .invalidRequest(
          "invalid_value", "'limit' must be a whole number from 1 to 1000.", parameter: "limit")
      }
      hasMore = page.count > limit
      page = afterID == nil && beforeID != nil ? page.suffix(limit) : page.prefix(limit)
    }
    return body(page, hasMore: hasMore)
  }

  private static func body(_ page: ArraySlice<Model>, hasMore: Bool) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("data")
    writer.beginArray()
    for model in page { write(model, to: &writer) }
    writer.endArray()
    writer.member("has_more", hasMore)
    for (name, model) in [("first_id", page.first), ("last_id", page.last)] {
      writer.name(name)
      if let model { writer.string(model.id) } else { writer.null() }
    }
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ model: Model, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", "model")
    writer.member("id", model.id)
    writer.member("display_name", model.id)
    writer.member("created_at", UTCTime.text(model.created))
    writer.member("lifecycle", "active")
    writer.endObject()
  }
}
