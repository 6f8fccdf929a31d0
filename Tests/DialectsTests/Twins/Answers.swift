import JSONText
import Testing

@testable import Dialects

/// An answer as the router would seal it.
func answer(_ text: String) throws -> ChatAnswer {
  let document = try JSONDocument(parsing: Array(text.utf8))
  return try ChatAnswer(document: document, object: try #require(try document.root.object()))
}

/// An answer of these choices, with a usage of 1, 2 and 3 tokens.
func completion(_ choices: String) throws -> ChatAnswer {
  try answer(
    #"{"id":"chatcmpl-1","object":"chat.completion","created":5,"model":"ran","choices":[\#(choices)],"#
      + #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#)
}

/// One choice of an answer.
func choice(_ message: String, finish: String = "\"stop\"", index: Int = 0) -> String {
  #"{"index":\#(index),"message":\#(message),"finish_reason":\#(finish)}"#
}

extension AnswerTime {
  /// 2023-11-14T22:13:20Z, after a second and a half.
  static let fixed = AnswerTime(seconds: 1_700_000_000, elapsed: .milliseconds(1500))
}

extension AnswerStream {
  /// Everything that is written for an answer.
  mutating func written(_ answer: ChatAnswer) async -> String {
    var bytes: [UInt8] = []
    await write(answer, at: .fixed) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension DecodedRequest {
  /// The text that is sealed for the first exchange.
  var sealed: String { String(decoding: chats[0].plaintext, as: UTF8.self) }
}
