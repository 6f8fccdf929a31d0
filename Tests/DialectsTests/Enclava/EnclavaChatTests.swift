import Foundation
import JSONText
import Testing

@testable import Dialects

/// Conversations for one test, in which time stands still.
private final class TestConversations: ConversationKeeping, @unchecked Sendable {
  // @unchecked: `book` is reached only under `lock`.
  private let lock = NSLock()
  private var book = ConversationBook()

  func begin(_ bot: Chatbot, caller: String, conversation: String?) throws(APIFault) -> ConversationTurn {
    lock.lock()
    defer { lock.unlock() }
    return try book.begin(bot, caller: caller, conversation: conversation, at: .zero)
  }

  func end(_ turn: ConversationTurn, with exchange: ConversationExchange?, of bot: Chatbot) {
    lock.lock()
    defer { lock.unlock() }
    book.end(turn, with: exchange, of: bot, at: .zero)
  }
}

@Suite struct EnclavaChatTests {
  private let conversations = TestConversations()

  private var bot: Chatbot {
    var bot = Chatbot(id: "support", model: "Q/w")
    bot.systemPrompt = "Be \"kind\".\n"
    bot.sampling.temperature = 0.25
    bot.sampling.topP = 1
    bot.sampling.maxTokens = 99
    bot.sampling.presencePenalty = -2
    bot.sampling.frequencyPenalty = 0.5
    bot.sampling.stop = ["\n", "END"]
    return bot
  }

  private func decode(_ body: String, as caller: String = "c") throws(APIFault) -> DecodedRequest {
    try EnclavaChat(bot: bot, caller: caller, conversations: conversations)
      .decode(Array(body.utf8), under: RequestPolicy())
  }

  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func messages(_ request: DecodedRequest) throws -> [[String]] {
    let messages = try object(request.chats[0].plaintext)["messages"] as? [[String: Any]] ?? []
    return messages.map { [$0["role"] as? String ?? "", $0["content"] as? String ?? ""] }
  }

  /// One exchange; the body of its answer.
  @discardableResult
  private func say(_ body: String, answered message: String) throws -> [String: Any] {
    try object(
      try decode(body).encoder.encode(try completion(choice(#"{"content":\#(message)}"#)), at: .fixed))
  }

  @Test func `a message is asked with the chatbot's model, prompt and sampling`() throws {
    let request = try decode(#"{"message":"Hello \u00e9 \"you\"","conversation_id":null,"stream":false}"#)
    #expect(!request.isStream)
    let sealed = try object(request.chats[0].plaintext)
    #expect(sealed["model"] as? String == "Q/w")
    #expect(sealed["temperature"] as? Double == 0.25)
    #expect(sealed["top_p"] as? Double == 1)
    #expect(sealed["max_tokens"] as? Int == 99)
    #expect(sealed["presence_penalty"] as? Double == -2)
    #expect(sealed["frequency_penalty"] as? Double == 0.5)
    #expect(sealed["stop"] as? [String] == ["\n", "END"])
    #expect(sealed.count == 8)
    #expect(try messages(request) == [["system", "Be \"kind\".\n"], ["user", "Hello é \"you\""]])
  }

  @Test func `the answer has the three members of Enclava's reference`() throws {
    let body = try say(#"{"message":"a"}"#, answered: #""Hello! 😀\n""#)
    #expect(Set(body.keys) == ["conversation_id", "response", "timestamp"])
    #expect(body["response"] as? String == "Hello! 😀\n")
    #expect(body["timestamp"] as? String == "2023-11-14T22:13:20Z")
    #expect((body["conversation_id"] as? String)?.hasPrefix("conv_") == true)
  }

  @Test func `a conversation goes on with what was said`() throws {
    let id = try #require(try say(#"{"message":"one"}"#, answered: #""eins""#)["conversation_id"] as? String)
    let second = try say(#"{"message":"two \\ \"2\"","conversation_id":"\#(id)"}"#, answered: #""zwei\t""#)
    #expect(second["conversation_id"] as? String == id)
    let third = try decode(#"{"message":"three","conversation_id":"\#(id)"}"#)
    #expect(
      try messages(third).dropFirst() == [
        ["user", "one"], ["assistant", "eins"], ["user", "two \\ \"2\""], ["assistant", "zwei\t"],
        ["user", "three"],
      ])
  }

  @Test func `an empty conversation id begins one, as clients mean it that have none yet`() throws {
    let body = try say(#"{"message":"a","conversation_id":""}"#, answered: #""b""#)
    #expect((body["conversation_id"] as? String)?.hasPrefix("conv_") == true)
  }

  @Test func `a conversation of somebody else is a 404 in OpenAI's shape`() throws {
    let id = try #require(try say(#"{"message":"one"}"#, answered: #""eins""#)["conversation_id"] as? String)
    let fault = #expect(throws: APIFault.self) {
      try decode(#"{"message":"x","conversation_id":"\#(id)"}"#, as: "somebody else")
    }
    #expect(fault?.status == 404)
    let body = EnclavaChat(bot: bot, caller: "c", conversations: conversations).encode(try #require(fault))
    let error = try #require(try object(body)["error"] as? [String: Any])
    #expect(error["code"] as? String == "conversation_not_found")
    #expect(error["param"] as? String == "conversation_id")
    #expect((error["message"] as? String)?.contains(id) == false)
  }

  @Test func `a request that nobody waits for any more gives its conversation free, unchanged`() throws {
    let id = try #require(try say(#"{"message":"one"}"#, answered: #""eins""#)["conversation_id"] as? String)
    let next = #"{"message":"two","conversation_id":"\#(id)"}"#
    var awaited: DecodedRequest? = try decode(next)
    let busy = #expect(throws: APIFault.self) { try decode(next) }
    #expect(busy?.status == 409)
    #expect(busy?.code == "conversation_busy")
    #expect(awaited != nil)
    awaited = nil
    #expect(try messages(decode(next)).count == 4)
  }

  @Test(arguments: [
    (#"{"content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}"#, "tool"),
    (#"{"content":null}"#, "empty"), (#"{"content":""}"#, "empty"), (#"{"reasoning_content":"hm"}"#, "empty"),
    ("{}", "empty"),
  ])
  func `an answer without text is an error, and is not remembered`(message: String, word: String) throws {
    let id = try #require(try say(#"{"message":"one"}"#, answered: #""eins""#)["conversation_id"] as? String)
    let next = #"{"message":"two","conversation_id":"\#(id)"}"#
    let fault = #expect(throws: APIFault.self) {
      try decode(next).encoder.encode(try completion(choice(message)), at: .fixed)
    }
    #expect(fault?.status == 502)
    #expect(fault?.message.contains(word) == true)
    #expect(try messages(decode(next)).count == 4)
  }

  @Test func `an answer that was cut before it began says so, and a refusal is a response`() throws {
    let cut = try completion(choice(#"{"content":null}"#, finish: "\"length\""))
    let fault = #expect(throws: APIFault.self) {
      try decode(#"{"message":"a"}"#).encoder.encode(cut, at: .fixed)
    }
    #expect(fault?.message.contains("max_tokens") == true)
    let refusal = try completion(choice(#"{"content":null,"refusal":"No."}"#))
    let body = try object(try decode(#"{"message":"a"}"#).encoder.encode(refusal, at: .fixed))
    #expect(body["response"] as? String == "No.")
  }

  @Test func `what identifies somebody or names a model is ignored, the tier is honoured`() throws {
    let request = try decode(
      #"{"message":"a","model":"any","user":"u","user_id":7,"metadata":{},"security_tier":"high"}"#)
    #expect(request.chats[0].model == "Q/w")
    #expect(request.chats[0].securityTier == "high")
    let text = request.sealed
    #expect(!text.contains("user_id") && !text.contains("any") && !text.contains("metadata"))
  }

  @Test(arguments: [
    ("", "invalid_json", nil), ("[]", "invalid_type", nil),
    ("{}", "missing_required_parameter", "message"),
    (#"{"message":null}"#, "missing_required_parameter", "message"),
    (#"{"message":""}"#, "invalid_value", "message"), (#"{"message":["a"]}"#, "invalid_type", "message"),
    (#"{"message":"a","conversation_id":7}"#, "invalid_type", "conversation_id"),
    (#"{"message":"a","conversation_id":{}}"#, "invalid_type", "conversation_id"),
    (#"{"message":"a","conversation_id":"session_123"}"#, "conversation_not_found", "conversation_id"),
    (#"{"message":"a","stream":true}"#, "unsupported_parameter", "stream"),
    (#"{"message":"a","stream":"no"}"#, "invalid_type", "stream"),
    (#"{"message":"a","temperature":1}"#, "unsupported_parameter", "temperature"),
    (#"{"message":"a","messages":[]}"#, "unsupported_parameter", "messages"),
    (#"{"message":"a","security_tier":1}"#, "invalid_type", "security_tier"),
    (#"{"message":"a","message":"b"}"#, "duplicate_member", "message"),
  ])
  func `what cannot be understood or honoured names the member`(
    body: String, code: String, parameter: String?
  ) {
    let fault = #expect(throws: APIFault.self) { try decode(body) }
    #expect(fault?.code == code)
    #expect(fault?.parameter == parameter)
  }

  @Test func `a request that fails after it took its turn gives it back`() throws {
    let id = try #require(try say(#"{"message":"one"}"#, answered: #""eins""#)["conversation_id"] as? String)
    #expect(throws: APIFault.self) {
      try decode(#"{"message":"two","conversation_id":"\#(id)","security_tier":1}"#)
    }
    #expect(throws: Never.self) { try decode(#"{"message":"two","conversation_id":"\#(id)"}"#) }
  }

  @Test func `as a stream it is the whole answer in one piece`() async throws {
    var stream = try decode(#"{"message":"a"}"#).encoder.stream(at: 1)
    #expect(stream.contentType == "application/json")
    #expect(stream.refusal(of: try completion(choice(#"{"content":null}"#)))?.code == "upstream_answer")
    #expect(stream.refusal(of: try completion(choice(#"{"content":null,"refusal":"No."}"#))) == nil)
    let text = String(decoding: stream.opening() + stream.heartbeat(), as: UTF8.self)
    let body = try object(
      Array((text + (await stream.written(try completion(choice(#"{"content":"b"}"#))))).utf8))
    #expect(body["response"] as? String == "b")
  }
}
