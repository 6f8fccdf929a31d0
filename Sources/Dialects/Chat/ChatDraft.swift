import JSONText

/// A chat request that a dialect writes for a caller who speaks otherwise, as text of OpenAI's chat completions.
///
/// Messages and members may be added in any order. The finished text goes through the same reading, repairs and policy as
/// one that a caller wrote: ``ChatRequest/init(draft:under:)``.
struct ChatDraft {
  private var members = JSONWriter(reservingCapacity: 1024)
  private var messages = JSONWriter(reservingCapacity: 4096)
  private var names: Set<String> = ["model", "messages"]

  init(model: String) {
    members.beginObject()
    members.member("model", model)
    messages.beginArray()
  }

  /// Adds a member at the root.
  ///
  /// Every name once.
  mutating func member(_ name: String, _ write: (inout JSONWriter) -> Void) {
    names.insert(name)
    members.name(name)
    write(&members)
  }

  /// Adds a member at the root that is taken from a request as it stands.
  ///
  /// Every name once.
  mutating func member(_ name: String, _ value: JSONValue) {
    names.insert(name)
    members.member(name, value)
  }

  /// Whether there is such a member at the root.
  func has(_ name: String) -> Bool { names.contains(name) }

  /// Asks for thinking or for none, in the member that the chat templates of vLLM, SGLang and llama.cpp read.
  mutating func thinking(_ isWanted: Bool) {
    member("chat_template_kwargs") {
      $0.beginObject()
      $0.member("enable_thinking", isWanted)
      $0.endObject()
    }
  }

  /// Adds a message: `write` adds the members after `role`.
  mutating func message(_ role: String, _ write: (inout JSONWriter) -> Void) {
    messages.beginObject()
    messages.member("role", role)
    write(&messages)
    messages.endObject()
  }

  /// The text.
  func text() -> [UInt8] {
    var (members, messages) = (members, messages)
    messages.endArray()
    members.name("messages")
    members.raw(messages.bytes)
    members.endObject()
    return members.bytes
  }
}
