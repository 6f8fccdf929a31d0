import JSONText

/// A request that asks nothing but to load a model, or to unload it.
///
/// The router does that by itself, so it is answered at once, as one JSON object whatever `stream` says.
public struct OllamaLoad: Sendable {
  /// The model as the caller named it, for looking whether there is such a one.
  public let model: String
  /// The answer's body, `application/json`.
  public let body: [UInt8]

  /// What is longer has more in it than the name of a model.
  ///
  /// Not reading it here saves reading requests twice.
  static let byteLimit = 32 * 1024

  /// The answer to a body of `/api/chat` without messages; nil for all others, faulty ones included.
  ///
  /// - Parameter now: Seconds since 1970.
  public static func chat(_ body: [UInt8], at now: Int) -> OllamaLoad? {
    reading(body, form: .chat, at: now) { members in
      members.isEmptyList("messages")
    }
  }

  /// The answer to a body of `/api/generate` without a prompt; nil for all others, faulty ones included.
  ///
  /// - Parameter now: Seconds since 1970.
  public static func generate(_ body: [UInt8], at now: Int) -> OllamaLoad? {
    reading(body, form: .generate, at: now) { members in
      guard members.isEmptyList("images") else { return false }
      return members["prompt"].map { $0.stringContent?.isEmpty ?? false } ?? true
    }
  }

  private static func reading(
    _ body: [UInt8], form: OllamaEncoder.Form, at now: Int, isEmpty: (RequestMembers) -> Bool
  ) -> OllamaLoad? {
    guard body.count <= byteLimit, let (_, members) = try? RequestMembers.reading(body), isEmpty(members),
      let model = try? members.model(), (try? members.checkKeepAlive()) != nil
    else { return nil }
    let reason = members.unloads ? "unload" : "load"
    var writer = JSONWriter()
    OllamaEncoder(model: model, form: form, showsThinking: false)
      .write(at: OllamaTimestamp(now), to: &writer) { writer in
        writer.member("done", true)
        writer.member("done_reason", reason)
      }
    return OllamaLoad(model: model, body: writer.bytes)
  }
}

extension RequestMembers {
  /// Whether there is nothing in a list; no list is like an empty one.
  fileprivate func isEmptyList(_ name: String) -> Bool {
    guard let value = self[name] else { return true }
    return value.lazyElements.map { $0.first { _ in true } == nil } ?? false
  }

  /// Whether `keep_alive` is no time at all, in one of the spellings: 0, 0.0, "0", "0s", "0m0s".
  fileprivate var unloads: Bool {
    guard let value = self["keep_alive"] else { return false }
    if let number = value.number { return number == 0 }
    guard let text = value.string else { return false }
    return text.contains("0") && !text.contains { ("1"..."9").contains($0) }
  }
}
