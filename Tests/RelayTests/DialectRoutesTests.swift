import Dialects
import Foundation
import HTTPTypes
import Listener
import Testing

@testable import Relay

/// Each dialect from its route to the router and back.
@Suite(.timeLimit(.minutes(1))) struct DialectRoutesTests {
  /// A route, a body that asks "hello", where the whole answer has its text, and what its stream ends with.
  struct Case: Sendable, CustomTestStringConvertible {
    let path: String
    let body: String
    let text: [String]
    let end: String
    var type = "text/event-stream"
    var testDescription: String { path }

    func body(stream: Bool) -> String { body.dropLast() + ",\"stream\":\(stream)}" }
  }

  static let cases = [
    Case(
      path: "/v1/chat/completions", body: #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#,
      text: ["choices", "0", "message", "content"], end: "data: [DONE]\n\n"),
    Case(
      path: "/v1/completions", body: #"{"model":"m","prompt":"hello"}"#, text: ["choices", "0", "text"],
      end: "data: [DONE]\n\n"),
    Case(
      path: "/v1/responses", body: #"{"model":"m","input":"hello"}"#,
      text: ["output", "0", "content", "0", "text"], end: "\"status\":\"completed\""),
    Case(
      path: "/v1/messages",
      body: #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}"#,
      text: ["content", "0", "text"], end: "data: {\"type\":\"message_stop\"}\n\n"),
    Case(
      path: "/api/chat", body: #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#,
      text: ["message", "content"], end: "}\n", type: "application/x-ndjson"),
    Case(
      path: "/api/generate", body: #"{"model":"m","prompt":"hello"}"#, text: ["response"], end: "}\n",
      type: "application/x-ndjson"),
  ]

  private func value(_ text: String, at path: [String]) throws -> String? {
    var value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    for step in path {
      if let list = value as? [Any], let index = Int(step), index < list.count {
        value = list[index]
      } else {
        value = try #require((value as? [String: Any])?[step], "no \(step)")
      }
    }
    return value as? String
  }

  @Test(arguments: cases) func `a whole answer comes back in its dialect`(asked: Case) async throws {
    let rig = try await Rig(StubRouter(.say("hi there")))
    let sink = await (try rig.responder()).answer(.post(asked.path, asked.body(stream: false)))
    #expect(sink.head?.status == 200)
    #expect(sink.head?.fields[.contentType] == "application/json")
    #expect(try value(sink.body, at: asked.text) == "hi there")
    let plaintext = try #require(rig.router.arrivals.first?.plaintext())
    let sealed = try #require(JSONSerialization.jsonObject(with: Data(plaintext)) as? [String: Any])
    #expect((sealed["messages"] as? [[String: Any]])?.last?["content"] as? String == "hello")
    #expect(sealed["stream"] == nil)
  }

  @Test(arguments: cases) func `a stream comes back in its dialect`(asked: Case) async throws {
    let rig = try await Rig(StubRouter(.say("hi there")))
    let sink = await (try rig.responder()).answer(.post(asked.path, asked.body(stream: true)))
    #expect(sink.head?.status == 200)
    #expect(sink.head?.fields[.contentType] == asked.type)
    #expect(sink.body.contains("hi there"))
    #expect(sink.body.suffix(4000).contains(asked.end))
    #expect(sink.events.last == .finish)
  }

  @Test(arguments: cases) func `a router's refusal keeps its status in every dialect`(asked: Case)
    async throws
  {
    let rig = try await Rig(StubRouter(.status(403, #"{"detail":"not for you"}"#)))
    for stream in [true, false] {
      let sink = await (try rig.responder()).answer(.post(asked.path, asked.body(stream: stream)))
      #expect(sink.head?.status == 403)
      #expect(sink.body.contains("not for you"))
      let error = try #require(JSONSerialization.jsonObject(with: Data(sink.body.utf8)) as? [String: Any])[
        "error"]
      let isAnthropic = asked.path == "/v1/messages"
      #expect(sink.body.contains("\"permission_error\"") != asked.path.hasPrefix("/api/"))
      #expect((error is String) == asked.path.hasPrefix("/api/"))
      #expect((sink.head?.fields[.named("request-id")] != nil) == isAnthropic)
    }
  }

  @Test func `an alias answers under its own name, and a header says the real one`() async throws {
    for asked in Self.cases {
      let rig = try await Rig(StubRouter(.say("hi")))
      let sink = await (try rig.responder(aliases: ["m": "real/m"])).answer(
        .post(asked.path, asked.body(stream: false)))
      #expect(sink.head?.fields[.routerModel] == "real/m")
      #expect(try value(sink.body, at: ["model"]) == "m")
    }
  }

  @Test func `a list of prompts is one exchange each, joined in order`() async throws {
    let rig = try await Rig(
      StubRouter { arrival in
        let text = String(decoding: arrival.plaintext() ?? [], as: UTF8.self)
        return .say(["one", "two", "three"].first { text.contains("\"\($0)\"") }.map { "to \($0)" } ?? "?")
      })
    let body = #"{"model":"m","prompt":["one","two","three"]}"#
    let sink = await (try rig.responder()).answer(.post("/v1/completions", body))
    #expect(rig.router.arrivals.count == 3)
    for (index, word) in ["one", "two", "three"].enumerated() {
      #expect(try value(sink.body, at: ["choices", "\(index)", "text"]) == "to \(word)")
    }
  }

  @Test func `one prompt of a list that fails ends the others`() async throws {
    let rig = try await Rig(
      StubRouter { arrival in
        String(decoding: arrival.plaintext() ?? [], as: UTF8.self).contains("\"bad\"") ? .status(403) : .hang
      }, retries: 0)
    let body = #"{"model":"m","prompt":["one","two","bad"]}"#
    let sink = await (try rig.responder()).answer(.post("/v1/completions", body))
    #expect(sink.head?.status == 403)
    #expect(rig.router.abandoned == rig.router.arrivals.count - 1)
  }

  @Test(arguments: [(2, 200), (3, 502)])
  func `the answers to a list are together no larger than one may be`(prompts: Int, status: Int) async throws
  {
    // Of at most a mebibyte.
    let rig = try await Rig(StubRouter(.say(String(repeating: "x", count: 400_000))))
    let list = (1...prompts).map { "\"\($0)\"" }.joined(separator: ",")
    let sink = await (try rig.responder()).answer(
      .post("/v1/completions", #"{"model":"m","prompt":[\#(list)]}"#))
    #expect(sink.head?.status == status)
    if status != 200 { #expect(try value(sink.body, at: ["error", "code"]) == "upstream_integrity") }
  }

  // MARK: What asks nobody

  @Test(arguments: [
    ("/v1/embeddings", "embeddings_not_available"), ("/api/embed", "embeddings.url"),
  ])
  func `what is not offered is said so, with the remedy`(path: String, word: String) async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let body = #"{"model":"m","input":"text"}"#
    let sink = await (try rig.responder()).answer(.post(path, body))
    #expect(sink.head?.status == 501)
    #expect(sink.body.contains(word))
    #expect(rig.router.arrivals.isEmpty)
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/v1/responses/resp_1", 404, "response_not_found"),
    (.delete, "/v1/responses/resp_1", 404, "response_not_found"),
    (.post, "/api/pull", 501, "cannot be pulled"),
    (.delete, "/api/delete", 501, "cannot be pulled"),
  ])
  func `what is kept nowhere here is refused before its body is read`(
    method: HTTPRequest.Method, path: String, status: Int, word: String
  ) async throws {
    let responder = try await Rig(StubRouter(.say("hi"))).responder()
    guard case .refuse(let answer) = responder.admit(.of(method, path)) else {
      Issue.record("it was received")
      return
    }
    #expect(answer.status.code == status)
    #expect(String(decoding: answer.body, as: UTF8.self).contains(word))
  }

  @Test func `models come in the shape of whoever asks`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(aliases: ["mine": "second"])
    let openAI = await responder.answer(.get("/v1/models")).body
    #expect(openAI.contains(#""object":"list""#) && openAI.contains(#""id":"mine""#))
    let anthropic = await responder.answer(.get("/v1/models", [.anthropicVersion: "2023-06-01"])).body
    #expect(anthropic.contains(#""type":"model""#) && anthropic.contains(#""has_more":false"#))
    let ollama = await responder.answer(.get("/api/tags")).body
    #expect(ollama.contains(#""name":"lab/first:latest""#))
    let shown = await responder.answer(.post("/api/show", #"{"model":"mine:latest"}"#))
    #expect(shown.head?.status == 200 && shown.body.contains("capabilities"))
    let unknown = await responder.answer(.post("/api/show", #"{"model":"nothing"}"#))
    #expect(unknown.head?.status == 404 && unknown.body.hasPrefix(#"{"error":""#))
  }

  @Test func `a model that Ollama's list names with a tag is found on every route`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder()
    _ = await responder.answer(.get("/api/tags"))
    for (path, model) in [("/v1/chat/completions", "lab/first:latest"), ("/api/chat", "lab/first:latest")] {
      let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"q"}]}"#
      _ = await responder.answer(.post(path, body))
      let text = String(decoding: rig.router.arrivals.last?.plaintext() ?? [], as: UTF8.self)
      #expect(text.contains(#""model":"lab/first""#))
    }
  }

  @Test func `a request that only loads a model is answered without asking it`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder()
    for (path, rest) in [("/api/chat", #","messages":[]}"#), ("/api/generate", "}")] {
      let known = await responder.answer(.post(path, #"{"model":"second:latest""# + rest))
      #expect(known.head?.status == 200 && known.body.contains(#""done_reason":"load""#))
      let unknown = await responder.answer(.post(path, #"{"model":"nothing""# + rest))
      #expect(unknown.head?.status == 404 && unknown.body.contains("nothing"))
    }
    #expect(rig.router.arrivals.isEmpty)
  }
}
