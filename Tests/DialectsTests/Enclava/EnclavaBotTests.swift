import Foundation
import JSONText
import Testing

@testable import Dialects

@Suite struct EnclavaBotTests {
  private var bot: Chatbot {
    var bot = Chatbot(id: "support", model: "Q/w")
    bot.systemPrompt = "Be kind."
    bot.sampling.temperature = 0.25
    bot.sampling.maxTokens = 99
    bot.sampling.stop = ["END"]
    return bot
  }

  private func decode(
    _ body: String, _ bot: Chatbot? = nil, _ policy: RequestPolicy = RequestPolicy()
  ) throws(APIFault) -> DecodedRequest {
    try EnclavaBotCompletions(bot: bot ?? self.bot).decode(Array(body.utf8), under: policy)
  }

  private func sealed(_ body: String, _ bot: Chatbot? = nil) throws -> [String: Any] {
    let bytes = try decode(body, bot).chats[0].plaintext
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test(arguments: [#""model":"any","#, "", #""model":null,"#, #""model":7,"#])
  func `the chatbot's model is asked whatever the caller names`(model: String) throws {
    let request = try decode(#"{\#(model)"messages":[{"role":"user","content":"a"}]}"#)
    #expect(request.chats[0].routerModel == "Q/w")
    #expect(request.chats[0].model == "Q/w")
  }

  @Test func `the chatbot's prompt comes before everything the caller says`() throws {
    let messages = try #require(
      try sealed(#"{"messages":[ {"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#)[
        "messages"]
        as? [[String: Any]])
    #expect(messages.map { $0["role"] as? String } == ["system", "user", "assistant"])
    #expect(messages[0]["content"] as? String == "Be kind.")
    let own = try #require(
      try sealed(#"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"a"}]}"#)[
        "messages"]
        as? [[String: Any]])
    // One system message or two, depending on the repairs; in this order either way.
    let said = own.dropLast().compactMap { $0["content"] as? String }.joined(separator: "|")
    let (kind, brief) = (try #require(said.range(of: "Be kind.")), try #require(said.range(of: "Be brief.")))
    #expect(kind.upperBound <= brief.lowerBound)
  }

  @Test func `the chatbot's sampling holds where the caller says nothing`() throws {
    let defaults = try sealed(#"{"messages":[{"role":"user","content":"a"}],"temperature":null}"#)
    #expect(defaults["temperature"] as? Double == 0.25)
    #expect(defaults["max_tokens"] as? Int == 99)
    #expect(defaults["stop"] as? [String] == ["END"])
    let own = try sealed(
      #"{"messages":[{"role":"user","content":"a"}],"temperature":1.5,"max_completion_tokens":5,"stop":"x","seed":1}"#
    )
    #expect(own["temperature"] as? Double == 1.5)
    #expect(own["stop"] as? String == "x")
    #expect(own["seed"] as? Int == 1)
    #expect(own["max_tokens"] as? Int != 99)
  }

  @Test func `a chatbot without a prompt adds no message`() throws {
    let request = try decode(
      #"{"model":"any","messages":[{"role":"user","content":"a\/b"}],"top_p":1.0}"#,
      Chatbot(id: "a", model: "Q/w"))
    #expect(request.sealed == #"{"model":"Q/w","messages":[{"role":"user","content":"a\/b"}],"top_p":1.0}"#)
  }

  @Test func `the answer carries the model that ran, even where the chatbot names an alias`() throws {
    var bot = bot
    bot.model = "small"
    let request = try decode(
      #"{"model":"any","messages":[{"role":"user","content":"a"}]}"#, bot,
      RequestPolicy(aliases: ["small": "Q/w"]))
    #expect(request.chats[0].routerModel == "Q/w")
    let body = try object(try request.encoder.encode(try completion(choice(#"{"content":"b"}"#)), at: .fixed))
    #expect(body["model"] as? String == "ran")
    #expect(body["object"] as? String == "chat.completion")
  }

  @Test func `streams are OpenAI's`() throws {
    let request = try decode(#"{"messages":[{"role":"user","content":"a"}],"stream":true}"#)
    #expect(request.isStream)
    #expect(request.encoder.stream(at: 1).contentType == "text/event-stream")
  }

  @Test(arguments: [
    ("{", "invalid_json", nil), ("{}", "missing_required_parameter", "messages"),
    (#"{"messages":[]}"#, "invalid_value", "messages"), (#"{"messages":"a"}"#, "invalid_type", "messages"),
    (#"{"messages":[{"role":"user","content":"a"}],"stream":1}"#, "invalid_type", "stream"),
    (#"{"messages":[{"role":"user","content":"a"}],"messages":[]}"#, "duplicate_member", "messages"),
  ])
  func `faults name the caller's own members`(body: String, code: String, parameter: String?) {
    let fault = #expect(throws: APIFault.self) { try decode(body) }
    #expect(fault?.status == 400)
    #expect(fault?.code == code)
    #expect(fault?.parameter == parameter)
  }

  @Test func `a fault in a message is counted as the caller counts`() throws {
    let body = #"{"model":"m","messages":[{"role":"user","content":"a"},7]}"#
    let direct = #expect(throws: APIFault.self) {
      try OpenAIChat().decode(Array(body.utf8), under: RequestPolicy())
    }
    let throughBot = #expect(throws: APIFault.self) { try decode(body) }
    #expect(throughBot == direct)
  }

  @Test func `the list of chatbots has every member of Enclava's reference`() throws {
    var bot = bot
    bot.name = "Support Assistant"
    bot.type = "customer_support"
    bot.description = "Customer support chatbot"
    bot.createdAt = 1_705_312_800
    let body = try object(EnclavaBots.list([bot, Chatbot(id: "plain", model: "m")], since: 1_700_000_000))
    let bots = try #require(body["chatbots"] as? [[String: String]])
    #expect(
      bots[0] == [
        "id": "support", "name": "Support Assistant", "type": "customer_support", "model": "Q/w",
        "description": "Customer support chatbot", "created_at": "2024-01-15T10:00:00Z",
      ])
    #expect(
      bots[1] == [
        "id": "plain", "name": "plain", "type": "assistant", "model": "m", "description": "",
        "created_at": "2023-11-14T22:13:20Z",
      ])
    #expect(String(decoding: EnclavaBots.list([], since: 0), as: UTF8.self) == #"{"chatbots":[]}"#)
  }

  @Test func `a client of one chatbot sees one model, with every member of Enclava's reference`() throws {
    let body = try object(EnclavaBots.models(bot, root: "real"))
    #expect(body["object"] as? String == "list")
    let model = try #require((body["data"] as? [[String: Any]])?.first)
    #expect(
      Set(model.keys) == ["id", "object", "created", "owned_by", "permission", "root", "parent"])
    #expect(model["id"] as? String == "Q/w")
    #expect(model["root"] as? String == "real")
    #expect(model["created"] as? Int == 0)
    #expect((model["permission"] as? [Any])?.isEmpty == true)
    #expect(model["parent"] is NSNull)
  }
}

@Suite struct UTCTimeTests {
  @Test func `moments are written and read as Foundation does`() throws {
    let formatter = ISO8601DateFormatter()
    var random = SystemRandomNumberGenerator()
    let corners = [0, 1, 86399, 86400, 951_782_399, 951_782_400, 951_868_800, 4_107_542_399, 253_402_300_799]
    for seconds in corners + (0..<500).map({ _ in Int.random(in: 0...253_402_300_799, using: &random) }) {
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(UTCTime.text(seconds) == text)
      #expect(UTCTime.seconds(text) == seconds)
    }
  }

  @Test func `moments that cannot be said become the nearest, without a trap`() {
    #expect(UTCTime.text(Int.min) == "1970-01-01T00:00:00Z")
    #expect(UTCTime.text(Int.max) == "9999-12-31T23:59:59Z")
  }

  @Test(arguments: [
    "", "2024-01-15", "2024-01-15 10:30:00Z", "2024-01-15T10:30:00", "2024-01-15T10:30:00+00:00",
    "2024-1-15T10:30:00ZZ", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2023-02-29T00:00:00Z",
    "2024-01-32T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-15T24:00:00Z", "2024-01-15T10:60:00Z",
    "2024-01-15T10:30:60Z", "1969-12-31T23:59:59Z", "2024-01-15T10:30:0aZ", "２024-01-15T10:30:00Z",
  ])
  func `other texts are no moments`(text: String) {
    #expect(UTCTime.seconds(text) == nil)
  }
}
