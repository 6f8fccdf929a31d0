import Dialects
import Foundation
import HTTPTypes
import Testing

@testable import Relay

/// Enclava's chatbots from their routes to the router and back.
@Suite(.timeLimit(.minutes(1))) struct ChatbotRoutesTests {
  private static let bots: [Chatbot] = {
    var bot = Chatbot(id: "support", model: "lab/first")
    bot.systemPrompt = "Be kind."
    return [bot, Chatbot(id: "other", model: "second")]
  }()

  private static let path = "/api/v1/chatbot/external/support/chat"

  private func ask(
    _ responder: ProxyResponder, _ message: String, in conversation: String? = nil, key: String = "enclv_a",
    path: String = Self.path
  ) async throws -> (status: Int, body: [String: Any]) {
    var body: [String: String] = ["message": message]
    body["conversation_id"] = conversation
    let text = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    let sink = await responder.answer(.post(path, text, [.authorization: "Bearer \(key)"]))
    let object = try JSONSerialization.jsonObject(with: Data(sink.body.utf8))
    return (try #require(sink.head?.status), try #require(object as? [String: Any]))
  }

  private func sealedMessages(_ rig: Rig) throws -> [String] {
    let plaintext = try #require(rig.router.arrivals.last?.plaintext())
    let object = try #require(JSONSerialization.jsonObject(with: Data(plaintext)) as? [String: Any])
    return (object["messages"] as? [[String: Any]] ?? []).compactMap { $0["content"] as? String }
  }

  @Test func `a conversation goes on where it was, for its caller and its bot`() async throws {
    let rig = try await Rig(StubRouter(.say("first answer"), .say("second answer")))
    let responder = try rig.responder(apiKey: "configured", chatbots: Self.bots)
    let first = try await ask(responder, "one")
    #expect(first.status == 200 && first.body["response"] as? String == "first answer")
    let id = try #require(first.body["conversation_id"] as? String)
    let second = try await ask(responder, "two", in: id)
    #expect(second.body["conversation_id"] as? String == id)
    #expect(try sealedMessages(rig) == ["Be kind.", "one", "first answer", "two"])
    for (key, path) in [("enclv_b", Self.path), ("enclv_a", Self.path.replacing("support", with: "other"))] {
      let foreign = try await ask(responder, "three", in: id, key: key, path: path)
      #expect(foreign.status == 404)
      #expect((foreign.body["error"] as? [String: Any])?["code"] as? String == "conversation_not_found")
    }
    #expect(rig.router.arrivals.count == 2)
  }

  @Test func `an exchange that failed leaves the conversation as it was, and free`() async throws {
    let rig = try await Rig(StubRouter(.say("answer"), .status(403), .say("later")))
    let responder = try rig.responder(chatbots: Self.bots)
    let id = try #require(try await ask(responder, "one").body["conversation_id"] as? String)
    #expect(try await ask(responder, "lost", in: id).status == 403)
    #expect(try await ask(responder, "two", in: id).status == 200)
    #expect(try sealedMessages(rig) == ["Be kind.", "one", "answer", "two"])
  }

  @Test func `a chatbot that does not exist is not found`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(chatbots: Self.bots)
    for tail in ["chat", "chat/completions"] {
      let sink = await responder.answer(.post("/api/v1/chatbot/external/nobody/\(tail)", "{}"))
      #expect(sink.head?.status == 404)
      #expect(errorObject(sink.body.utf8)?["code"] as? String == "chatbot_not_found")
    }
  }

  @Test func `a chatbot is a base URL for OpenAI's clients`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(chatbots: Self.bots)
    let base = "/api/v1/chatbot/external/support"
    let body = #"{"model":"any","messages":[{"role":"user","content":"q"}]}"#
    #expect(await responder.answer(.post("\(base)/chat/completions", body)).head?.status == 200)
    #expect(try sealedMessages(rig) == ["Be kind.", "q"])
    #expect(await responder.answer(.get("\(base)/models")).body.contains(#""id":"lab/first""#))
    let list = await responder.answer(.get("/api/v1/chatbot/list")).body
    #expect(list.contains(#""id":"support""#) && list.contains(#""created_at":""#))
  }
}
