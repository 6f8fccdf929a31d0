import JSONText

/// Enclava's list of chatbots, and the list of models that a client of one chatbot sees.
public enum EnclavaBots {
  /// The body of `GET /chatbot/list`.
  ///
  /// - Parameter start: Seconds since 1970 at which the daemon started: the age of chatbots that
  ///   name none.
  public static func list(_ bots: [Chatbot], since start: Int) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 64 + 256 * bots.count)
    writer.beginObject()
    writer.name("chatbots")
    writer.beginArray()
    for bot in bots {
      writer.beginObject()
      writer.member("id", bot.id)
      writer.member("name", bot.name.isEmpty ? bot.id : bot.name)
      writer.member("type", bot.type)
      writer.member("model", bot.model)
      writer.member("description", bot.description)
      writer.member("created_at", UTCTime.text(bot.createdAt ?? start))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  /// The body of `GET /chatbot/external/{id}/models`: the one model that the chatbot asks.
  ///
  /// - Parameter root: The router's name for it, which differs for an alias.
  public static func models(_ bot: Chatbot, root: String? = nil) -> [UInt8] {
    OpenAIModels.list([
      Model(id: bot.model, root: root ?? bot.model, created: bot.createdAt ?? 0, owner: "nomyo")
    ])
  }
}
