import Foundation
import Testing

@testable import Dialects

/// Reads a chat request of OpenAI's.
func decodeChat(_ body: String, _ policy: RequestPolicy = RequestPolicy()) throws(APIFault) -> DecodedRequest
{
  try OpenAIChat().decode(Array(body.utf8), under: policy)
}

/// What is sealed of a request with these members beside its model.
func sealedChat(_ members: String, _ policy: RequestPolicy = RequestPolicy()) throws -> String {
  try decodeChat(#"{"model":"m",\#(members)}"#, policy).sealed
}

/// What is sealed of a conversation: the text of `messages`.
func sealedMessages(_ messages: String, _ policy: RequestPolicy = RequestPolicy()) throws -> String {
  let text = try sealedChat(#""messages":[\#(messages)]"#, policy)
  let prefix = #"{"model":"m","messages":["#
  try #require(text.hasPrefix(prefix) && text.hasSuffix("]}"))
  _ = try parsed(text)
  return String(text.dropFirst(prefix.count).dropLast(2))
}

/// JSON text as code reads it that is not ours.
func parsed(_ text: String) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// One question, for requests whose messages do not matter.
let question = #""messages":[{"role":"user","content":"q"}]"#
