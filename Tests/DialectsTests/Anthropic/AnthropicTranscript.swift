import Foundation
import Testing

@testable import Dialects

/// A request of Anthropic's and what becomes of it.
struct AnthropicTranscript {
  let decoded: DecodedRequest
  /// The sealed text, parsed by code that is not ours.
  let chat: [String: Any]

  /// Decodes a whole request.
  init(whole text: String, _ policy: RequestPolicy = RequestPolicy(messages: .pass)) throws {
    decoded = try AnthropicMessages().decode(Array(text.utf8), under: policy)
    let parsed = try JSONSerialization.jsonObject(with: Data(decoded.chats[0].plaintext))
    chat = try #require(parsed as? [String: Any])
  }

  /// Decodes a request with these messages and other members.
  init(
    _ messages: String, _ members: String = "", _ policy: RequestPolicy = RequestPolicy(messages: .pass)
  ) throws {
    try self.init(whole: Self.request(messages, members), policy)
  }

  static func request(_ messages: String, _ members: String = "") -> String {
    #"{"model":"m","max_tokens":9,"messages":[\#(messages)]\#(members.isEmpty ? "" : "," + members)}"#
  }

  /// The fault of a request that is refused.
  static func fault(
    _ messages: String, _ members: String = "", _ policy: RequestPolicy = RequestPolicy()
  ) -> APIFault? {
    #expect(throws: APIFault.self) {
      try AnthropicMessages().decode(Array(request(messages, members).utf8), under: policy)
    }
  }

  /// The chat messages.
  var messages: [[String: Any]] { chat["messages"] as? [[String: Any]] ?? [] }
  var roles: [String] { messages.compactMap { $0["role"] as? String } }

  /// The functions among the tools.
  var functions: [[String: Any]] {
    (chat["tools"] as? [[String: Any]] ?? []).compactMap { $0["function"] as? [String: Any] }
  }

  /// The text of a message: its string, or its text parts with a bar between them.
  func text(_ index: Int) -> String? {
    guard messages.indices.contains(index) else { return nil }
    if let text = messages[index]["content"] as? String { return text }
    let parts = messages[index]["content"] as? [[String: Any]]
    return parts?.compactMap { $0["text"] as? String }.joined(separator: "|")
  }

  /// The addresses of a message's images.
  func images(_ index: Int) -> [String] {
    let parts = messages[index]["content"] as? [[String: Any]] ?? []
    return parts.compactMap { ($0["image_url"] as? [String: Any])?["url"] as? String }
  }

  /// A PNG in base64.
  static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg=="
  /// A user's message that is a text.
  static let user = #"{"role":"user","content":"hi"}"#
  /// A turn of the assistant's that calls `a` and `b`.
  static let calls = #"""
    {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"z":1.0,"y":[]}},
     {"type":"tool_use","id":"b","name":"g","input":{}}]}
    """#
}
