import Foundation
import Testing

@testable import Dialects

/// What a dialect of Ollama's makes of a request.
struct OllamaTranscript {
  let request: DecodedRequest

  init(chat body: String, _ policy: RequestPolicy = RequestPolicy()) throws(APIFault) {
    request = try OllamaChat().decode(Array(body.utf8), under: policy)
  }

  init(generate body: String) throws(APIFault) {
    request = try OllamaGenerate().decode(Array(body.utf8), under: RequestPolicy())
  }

  /// A chat of one user's message, with these members beside it.
  init(with members: String) throws(APIFault) {
    try self.init(chat: #"{"model":"m","messages":[{"role":"user","content":"x"}],\#(members)}"#)
  }

  /// A chat with these messages.
  init(messages: String) throws(APIFault) {
    try self.init(chat: #"{"model":"m","messages":[\#(messages)]}"#)
  }

  /// The members of what is sealed.
  func sealed() throws -> [String: Any] { try ollamaObject(request.sealed) }

  /// The messages of what is sealed.
  func messages() throws -> [[String: Any]] {
    try #require(sealed()["messages"] as? [[String: Any]])
  }

  /// The whole answer's members.
  func whole(_ answer: ChatAnswer, at time: AnswerTime = .fixed) throws -> [String: Any] {
    try ollamaObject(String(decoding: request.encoder.encode(answer, at: time), as: UTF8.self))
  }

  /// The lines that are streamed.
  func lines(_ answer: ChatAnswer) async throws -> [[String: Any]] {
    var stream = request.encoder.stream(at: 1_700_000_000)
    return try await ollamaLines(stream.written(answer))
  }
}

/// The members of a text.
func ollamaObject(_ text: some StringProtocol) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// The members of each line.
///
/// As strict as a client that splits at everything that Unicode takes for a line's end.
func ollamaLines(_ text: String) throws -> [[String: Any]] {
  #expect(text.hasSuffix("\n"))
  return try text.split(whereSeparator: \.isNewline).map { try ollamaObject($0) }
}

/// The members of a list's objects.
func ollamaList(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }
