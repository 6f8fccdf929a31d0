import JSONText

/// A walk over the messages of a request that checks them and brings them into the form that chat templates know:
/// one system message, and that at the beginning.
struct Conversation {
  /// Templates take a whole conversation at once; no client is near this.
  static let messageLimit = 10_000

  private let document: JSONDocument
  private var list: ListRewriter
  private var ledger = CallLedger()
  /// The system messages at the beginning, until they are written as one; nil once they are.
  private var leading: [ChatMessage]? = []

  private init(_ document: JSONDocument, byteCount: Int) {
    self.document = document
    list = ListRewriter(document, byteCount: byteCount)
  }

  /// Checks the messages; their text where something was mended, else nil.
  static func mended(
    _ request: RequestMembers, of document: JSONDocument, under policy: RequestPolicy
  ) throws(APIFault) -> [UInt8]? {
    guard let value = request["messages"], let messages = try request.list("messages") else {
      throw request.missing("messages", "a list of messages")
    }
    var conversation = Conversation(document, byteCount: value.range.count)
    var index = 0
    for message in messages {
      guard index < messageLimit else {
        throw request.wrongValue("messages", "a list of at most \(messageLimit) messages")
      }
      try conversation.read(message, index, policy)
      index += 1
    }
    guard index > 0 else { throw request.wrongValue("messages", "a list with at least one message") }
    conversation.endLeading()
    return conversation.list.finished()
  }

  private mutating func read(_ value: JSONValue, _ index: Int, _ policy: RequestPolicy) throws(APIFault) {
    guard policy.messages == .auto else {
      let members = try RequestMembers.reading(value, at: "messages[\(index)]")
      // Not what the message looks like, but what it would make the router's host do.
      try RemoteAddress.refuse(in: members, of: .message, under: policy)
      _ = try MessageContent(of: members, under: policy)
      return pass(value, members.object, policy)
    }
    let message = try ChatMessage(value, index: index, noting: &ledger, under: policy)
    if message.role == .system || message.role == .developer {
      guard leading != nil else { return writeReminder(message) }
      leading?.append(message)
      return
    }
    endLeading()
    add(message)
  }

  /// Passes a message on as it came, but for what identifies somebody.
  private mutating func pass(_ value: JSONValue, _ message: JSONObject, _ policy: RequestPolicy) {
    guard message.members.contains(where: { policy.stripsFromMessage($0.name) }) else {
      return list.keep(value)
    }
    list.write { [document] writer in
      writer.beginObject()
      for member in message.members where !policy.stripsFromMessage(member.name) {
        writer.copy(member, of: document)
      }
      writer.endObject()
    }
  }

  private mutating func add(_ message: ChatMessage) {
    guard message.needsMending else { return list.keep(message.value) }
    list.write { [document] in message.write(to: &$0, of: document) }
  }

  private mutating func endLeading() {
    guard let messages = leading else { return }
    leading = nil
    if messages.count > 1 { writeMerged(messages) } else { messages.forEach { add($0) } }
  }

  /// Several system messages as one: templates take one, or fail.
  private mutating func writeMerged(_ messages: [ChatMessage]) {
    let hasImage = messages.contains { $0.content.form == .images }
    list.write { [document] writer in
      writer.message("system") { writer in
        if hasImage {
          writer.beginArray()
          for message in messages { message.content.writeParts(to: &writer, of: document) }
          writer.endArray()
          return
        }
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for (position, message) in messages.enumerated() {
          if position > 0 { text += #"\n\n"#.utf8 }
          message.content.appendText(to: &text)
        }
        writer.raw(text + [UInt8(ascii: "\"")])
      }
    }
  }

  /// A system message that comes later, where templates fail on one.
  ///
  /// The tag is the one that agents use themselves.
  private mutating func writeReminder(_ message: ChatMessage) {
    let (open, close) = (#"<system-reminder>\n"#, #"\n</system-reminder>"#)
    list.write { [document] writer in
      writer.message("user") { writer in
        if message.content.form == .images {
          writer.beginArray()
          writer.textPart(Array(open.utf8))
          message.content.writeParts(to: &writer, of: document)
          writer.textPart(Array(close.utf8))
          writer.endArray()
          return
        }
        var text = Array("\"\(open)".utf8)
        message.content.appendText(to: &text)
        writer.raw(text + "\(close)\"".utf8)
      }
    }
  }
}

extension JSONWriter {
  /// Writes a message of which there is nothing but role and content.
  fileprivate mutating func message(_ role: String, content: (inout JSONWriter) -> Void) {
    beginObject()
    member("role", role)
    name("content")
    content(&self)
    endObject()
  }
}
