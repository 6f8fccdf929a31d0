import Foundation
import HTTPTypes
import InMemoryLogging
import Listener
import Logging
import Pacing
import Telemetry
import TestTwins
import Testing
import Tokens
import Upstream

@testable import Relay

/// Local tokens: who comes in, what leaves the machine, and whose name stands where.
@Suite(.timeLimit(.minutes(1))) struct LocalTokenTests {
  private static let laptop = "nomyoproxy_LAPTOP-MARKER"
  private static let server = "nomyoproxy_SERVER-MARKER"
  private static let wrong = "nomyoproxy_WRONG-MARKER"

  /// The hashes are sha256sum(1)'s.
  private static let tokens: TokenList = {
    do {
      return try TokenList(
        parsing: Array(
          """
          laptop:428d13e5866a1172925453ad2e805bd6775412ec9dd2c8ce2c97487a7c7a1419
          server:544e5b613c15a474d4ab88662dc25c587a82783edcc7c3029b74f6a301cd9f9c
          """.utf8))
    } catch { preconditionFailure("the test's own list cannot be read: \(error)") }
  }()

  private static let spellings: [HTTPFields] = [
    [.authorization: "Bearer \(laptop)"], [.authorization: "bearer  \(laptop)"], [.anthropicKey: laptop],
    [.azureKey: laptop], [.authorization: "Bearer \(wrong)", .anthropicKey: laptop],
  ]

  private func admitted(_ responder: ProxyResponder, _ head: RequestHead) -> OutboundAnswer? {
    if case .refuse(let answer) = responder.admit(head) { answer } else { nil }
  }

  @Test(arguments: spellings)
  func `a token is taken wherever clients put their key, and goes no further`(fields: HTTPFields) async throws
  {
    for apiKey in ["sk-router", nil] {
      let rig = try await Rig(StubRouter(.say("hi")))
      let responder = try rig.responder(apiKey: apiKey, tokens: Self.tokens)
      var sent = fields
      sent[.cookie] = "session=COOKIE-MARKER"
      sent[.proxyAuthorization] = "Basic PROXY-MARKER"
      let chat = InboundRequest.chat(Rig.body, sent)
      #expect(admitted(responder, chat.head) == nil)
      #expect(await responder.answer(chat).head?.status == 200)
      #expect(await responder.answer(.get("/v1/models", sent)).head?.status == 200)
      let seen = rig.router.arrivals.map(\.request.fields) + rig.router.modelRequests.map(\.fields)
      #expect(seen.count == 2)
      for fields in seen {
        #expect(fields[.authorization] == apiKey.map { "Bearer \($0)" })
        #expect(!"\(fields)".contains("MARKER"))
      }
      #expect(!rig.logText.contains("MARKER"))
      #expect(rig.log.entries.contains { $0.metadata["token"] == "laptop" })
    }
  }

  @Test(arguments: [
    ("/v1/chat/completions", "authentication_error"), ("/v1/messages", "authentication_error"),
    ("/api/chat", "error"), ("/v1/nowhere", "authentication_error"),
  ])
  func `without one a request is refused by its head, in its dialect's shape and with what to do`(
    path: String, word: String
  ) async throws {
    let rig = try await Rig(StubRouter(.hang))
    let responder = try rig.responder(apiKey: "sk", tokens: Self.tokens)
    let cases: [(HTTPFields, String)] = [
      ([:], "missing_token"), ([.authorization: "Basic x"], "missing_token"),
      ([.authorization: "Bearer \(Self.wrong)"], "unknown_token"), ([.azureKey: "sk"], "unknown_token"),
      ([.authorization: "Bearer \(Self.laptop), Bearer \(Self.laptop)"], "unknown_token"),
    ]
    for (fields, code) in cases {
      let answer = try #require(admitted(responder, .of(.post, path, fields)))
      let body = String(decoding: answer.body, as: UTF8.self)
      #expect(answer.status == .unauthorized && answer.fields[.wwwAuthenticate] == "Bearer")
      #expect(answer.fields[.shouldRetry] == "false")
      #expect(body.contains(word) && body.contains("nomyo-proxy tokens new NAME"))
      #expect(!body.contains("x-api-key") && !body.contains("MARKER"))
      #expect(rig.logText.contains(code))
    }
    #expect(!rig.logText.contains("MARKER") && rig.router.arrivals.isEmpty)
    // Also where the head was let in before a reload made the token unknown.
    let late = await responder.answer(.chat(Rig.body, [.authorization: "Bearer \(Self.wrong)"]))
    #expect(late.head?.status == 401 && rig.router.arrivals.isEmpty)
  }

  @Test func `what tells nothing needs no token, and readiness tells less without one`() async throws {
    let rig = try await Rig(StubRouter(.hang), hasClientKey: false)
    let responder = try rig.responder(apiKey: "sk", tokens: Self.tokens)
    for path in ["/healthz", "/readyz", "/api/v1/docs", "/docs", "/api/v1/openapi.json"] {
      #expect(admitted(responder, .of(.get, path)) == nil, "\(path)")
    }
    for path in ["/", "/v1/models", "/api/tags", "/api/version", "/v1/chatbot/list"] {
      #expect(admitted(responder, .of(.get, path))?.status == .unauthorized, "\(path)")
    }
    #expect(await responder.answer(.get("/readyz")).body == #"{"status":"waiting"}"#)
    let told = await responder.answer(.get("/readyz", [.azureKey: Self.laptop])).body
    #expect(told.contains("waiting_for"))
  }

  @Test func `a preflight carries no token and is answered`() async throws {
    let responder = try await Rig(StubRouter(.hang)).responder(apiKey: "sk", tokens: Self.tokens)
    let fields: HTTPFields = [
      .named("origin"): "http://localhost:3000", .named("access-control-request-method"): "POST",
      .named("access-control-request-headers"): "authorization",
    ]
    #expect(admitted(responder, .of(.options, "/v1/chat/completions", fields))?.status == .noContent)
  }

  @Test func `the document says whether there has to be one`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    for tokens in [nil, Self.tokens] {
      let body = try await rig.responder(tokens: tokens).answer(.get("/api/v1/openapi.json")).body
      let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
      let schemes = try #require(object?["security"] as? [[String: Any]])
      #expect(schemes.contains { $0.isEmpty } == (tokens == nil))
      #expect(schemes.filter { !$0.isEmpty }.count == 3)
    }
  }

  @Test func `one token's requests do not take another's places`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let responder = try rig.responder(
      apiKey: "sk", tokens: Self.tokens, inFlightLimit: 8, inFlightPerToken: 2)
    let asking = (1...2).map { _ in
      Task { await responder.answer(.chat(Rig.body, [.authorization: "Bearer \(Self.laptop)"])) }
    }
    await rig.router.untilArrivals(2)
    let third = await responder.answer(.chat(Rig.body, [.azureKey: Self.laptop]))
    #expect(third.head?.status == 429)
    #expect(third.head?.fields[.retryAfter] == "1")
    #expect(third.answer.flatMap { errorObject($0.body)?["code"] as? String } == "too_many_requests_of_token")
    let other = Task { await responder.answer(.chat(Rig.body, [.azureKey: Self.server])) }
    await rig.router.untilArrivals(3)
    #expect(await responder.answer(.get("/healthz", [.azureKey: Self.laptop])).head?.status == 200)
    for task in asking + [other] { task.cancel() }
    for task in asking + [other] { _ = await task.value }
    // Given back in the end.
    let again = Task { await responder.answer(.chat(Rig.body, [.azureKey: Self.laptop])) }
    await rig.router.untilArrivals(4)
    again.cancel()
    #expect(await again.value.head?.status != 429)
  }

  @Test func `whoever waits for a turn at the router takes no place of the token`() async throws {
    let rig = try await Rig(StubRouter(.hang), pacing: PacingPolicy(margin: .zero, queue: 20))
    let responder = try rig.responder(apiKey: "sk", tokens: Self.tokens, inFlightPerToken: 5)
    func ask() -> Task<RecordingSink, Never> {
      Task { await responder.answer(.chat(Rig.body, [.azureKey: Self.laptop])) }
    }
    // Four at once is the router's burst; the others wait for their turn under the token's name.
    var asking = (1...4).map { _ in ask() }
    await rig.router.untilArrivals(4)
    for count in 1...6 {
      asking.append(ask())
      while rig.pacer.waiting < count, !Task.isCancelled { await Task.yield() }
    }
    #expect(rig.pacer.waiting(of: .token("laptop")) == 6 && rig.pacer.waiting(of: .token("server")) == 0)
    #expect(rig.pacer.overview.callers == 1)
    for task in asking { task.cancel() }
    for task in asking { _ = await task.value }
  }

  @Test func `a reload takes effect with the next request`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(apiKey: "sk")
    #expect(await responder.answer(.chat()).head?.status == 200)
    func adopt(_ tokens: TokenList?) throws {
      responder.adopt(
        context: rig.context, catalog: rig.catalog(),
        configuration: try rig.configuration(apiKey: "sk", tokens: tokens))
    }
    try adopt(Self.tokens)
    #expect(await responder.answer(.chat()).head?.status == 401)
    #expect(await responder.answer(.chat(Rig.body, [.azureKey: Self.laptop])).head?.status == 200)
    try adopt(try TokenList(parsing: []))
    #expect(await responder.answer(.chat(Rig.body, [.azureKey: Self.laptop])).head?.status == 401)
  }

  @Test func `metrics count by name, each from the start, and never by what was brought`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(apiKey: "sk", tokens: Self.tokens)
    _ = await responder.answer(.chat(Rig.body, [.azureKey: Self.laptop]))
    _ = await responder.answer(.get("/v1/models", [.azureKey: Self.laptop]))
    _ = await responder.answer(.chat(Rig.body, [.azureKey: Self.wrong]))
    let text = String(decoding: MetricText.text(rig.metrics.families, as: .prometheus), as: UTF8.self)
    for line in [
      #"nomyo_proxy_token_requests_total{token="laptop"} 2"#,
      #"nomyo_proxy_token_requests_total{token="server"} 0"#,
      #"nomyo_proxy_token_exchanges_total{token="laptop"} 1"#,
      #"nomyo_proxy_token_exchanges_in_flight{token="laptop"} 0"#,
      #"nomyo_proxy_requests_refused_total{code="unknown_token"} 1"#,
    ] { #expect(text.contains(line + "\n"), "\(line)") }
    #expect(!text.contains("MARKER"))
  }

  @Test func `the user at the other end of a unix socket stands in the log`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let head = RequestHead(
      method: .post, path: "/v1/chat/completions", peer: .unix(uid: 4711, gid: 1, pid: 0))
    _ = try await rig.responder().answer(InboundRequest(head: head, body: Array(Rig.body.utf8)))
    _ = try await rig.responder().answer(InboundRequest(head: head, body: []))
    #expect(rig.log.entries.filter { $0.metadata["uid"] == "4711" }.count == 2)
    #expect(rig.log.entries.allSatisfy { $0.metadata["peer"] == nil })
  }

  @Test func `who is refused is found by route, and by address if it is on another machine`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(apiKey: nil, tokens: Self.tokens)
    for address in ["192.0.2.7", "fe80::1", "127.0.0.1", "::1"] {
      let head = RequestHead(
        method: .get, path: "/v1/models", fields: [.hostName: "localhost"],
        peer: .tcp(address: address, port: 50_000))
      #expect(admitted(responder, head)?.status == 401)
    }
    let entries = rig.log.entries.filter { $0.metadata["code"] == "missing_token" }
    #expect(entries.map { $0.metadata["peer"]?.description } == ["192.0.2.7", "fe80::1", nil, nil])
    #expect(entries.allSatisfy { $0.metadata["route"] == "models" })
  }
}
