import ClientKeys
import Dialects
import Envelope
import HTTPTypes
import InMemoryLogging
import Listener
import Logging
import Pacing
import Platform
import RouterTrust
import TestTwins
import Testing
import Upstream

@testable import Relay

/// What the log may say: identifiers, statuses, classes of failure and durations, and never what anybody wrote.
@Suite(.timeLimit(.minutes(1))) struct LogTests {
  /// Each stands where a caller or a router put it, and nowhere in the log.
  private static let markers = [
    "PROMPT-MARKER", "ANSWER-MARKER", "KEY-MARKER", "CONFIGURED-MARKER", "HEADER-MARKER", "DETAIL-MARKER",
    "MODEL-MARKER", "MEMBER-MARKER", "PATH-MARKER", "QUERY-MARKER", "TIER-MARKER", "ORIGIN-MARKER",
  ]

  private static func body(stream: Bool) -> String {
    #"{"model":"MODEL-MARKER","stream":\#(stream),"MEMBER-MARKER":1,"messages":[{"role":"user","content":"PROMPT-MARKER"}]}"#
  }

  private static let fields: HTTPFields = [
    .authorization: "Bearer KEY-MARKER", .userAgent: "HEADER-MARKER", .named("x-api-key"): "KEY-MARKER",
    .cookie: "HEADER-MARKER",
  ]

  private static let reactions: [StubRouter.Reaction] = [
    .say("ANSWER-MARKER"), .status(400, #"{"detail":"DETAIL-MARKER"}"#), .status(401, "DETAIL-MARKER"),
    .status(200, #"{"choices":[{"message":{"content":"ANSWER-MARKER"}}]}"#),
    .seal(#"{"error":{"message":"ANSWER-MARKER"}}"#), .seal("ANSWER-MARKER"), .fail(.tls("reason")),
    .fail(.responseTimedOut), .status(302, "DETAIL-MARKER", [.location: "https://DETAIL-MARKER"]),
  ]

  private func check(_ rig: Rig, lines: Int) {
    for marker in Self.markers { #expect(!rig.logText.contains(marker)) }
    #expect(rig.log.entries.count >= lines)
  }

  @Test(arguments: [false, true], [nil, "CONFIGURED-MARKER"])
  func `no outcome of an exchange tells the log what was said`(stream: Bool, apiKey: String?) async throws {
    let rig = try await Rig(StubRouter(inTurn: Self.reactions), retries: 0)
    let responder = try rig.responder(apiKey: apiKey)
    for _ in Self.reactions {
      let sink = await responder.answer(.chat(Self.body(stream: stream), Self.fields))
      #expect(!sink.events.isEmpty)
      // Whatever the breaker holds against the key or the router is over then.
      rig.clock.advance(by: .seconds(3600))
    }
    check(rig, lines: Self.reactions.count)
    // After the 400 once more, without the member that no router documents.
    #expect(rig.router.arrivals.count == Self.reactions.count + 1)
    for word in [
      "answered", "router-status-401", "integrity-shape", "tls", "response-timeout", "upstream_error",
    ] {
      #expect(rig.logText.contains(word))
    }
  }

  @Test func `what is refused before an exchange is logged by its class`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let responder = try rig.responder()
    for body in [
      "PROMPT-MARKER", #"{"MEMBER-MARKER":1,"MEMBER-MARKER":2}"#, #"{"model":"MODEL-MARKER"}"#,
      #"{"model":"m","messages":[{"role":"user","content":"q"}],"security_tier":"TIER-MARKER"}"#,
    ] {
      _ = await responder.answer(.chat(body, Self.fields))
    }
    var tier = Self.fields
    tier[.securityTier] = "TIER-MARKER"
    _ = await responder.answer(.chat(Rig.body, tier))
    _ = responder.admit(.of(.get, "/PATH-MARKER", Self.fields))
    _ = responder.admit(.of(.get, "/v1/models", Self.fields, host: "ORIGIN-MARKER.example"))
    _ = responder.admit(.of(.post, "/v1/chat/completions", [.origin: "https://ORIGIN-MARKER.example"]))
    _ = responder.answer(toFault: .malformed, head: .of(.get, "/PATH-MARKER", Self.fields))
    _ = await responder.answer(.get("/v1/models/MODEL-MARKER", Self.fields))
    check(rig, lines: 8)
    for word in ["duplicate_member", "invalid_security_tier", "host", "origin", "malformed_http"] {
      #expect(rig.logText.contains(word))
    }
  }

  @Test func `an exchange's line has the request's identifier, the generation and where the time went`()
    async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    let request = InboundRequest.chat()
    try await rig.responder().respond(to: request, through: Reply(to: RecordingSink()))
    let entry = try #require(rig.log.entries.last)
    #expect(entry.level == .info && entry.message == "exchange")
    #expect(entry.metadata["id"] == "\(request.head.id)")
    #expect(entry.metadata["result"] == "answered")
    #expect(entry.metadata["generation"] == "1")
    #expect(entry.metadata["retries"] == "0")
    for name in ["seal_ms", "router_ms", "open_ms", "total_ms"] {
      #expect(entry.metadata[name]?.description.wholeMatch(of: /\d+\.\d{3}/) != nil)
    }
  }

  @Test func `a failure of our own has its details in the log and nowhere else`() async throws {
    struct Unforeseen: Error {}
    let rig = try await Rig(StubRouter(.hang))
    let context = ExchangeContext(
      router: RouterClient(
        transport: rig.router, baseURL: Rig.baseURL, responseLimit: 1,
        pacer: Pacer(policy: PacingPolicy(perSecond: 0))),
      routerKeys: RouterKeyCache(
        router: Rig.baseURL, policy: TrustPolicy(mode: .tls), minimumBits: 4096
      ) { throw Unforeseen() }, clientKeys: rig.ring,
      workers: rig.context.workers, retries: 0)
    let responder = ProxyResponder(
      context: context, catalog: rig.catalog(),
      configuration: RelayConfiguration(
        apiKey: nil, securityTier: nil, requestLimit: 1 << 20, inFlightLimit: 1,
        responseTimeout: .seconds(900),
        pacing: ReplyPacing(commitAfter: .seconds(5), keepalive: .seconds(10)), policy: RequestPolicy(),
        access: try AccessPolicy(hosts: ["loopback"], origins: [])),
      logger: rig.logger)
    let answer = try #require(await responder.answer(.chat()).answer)
    #expect(answer.status == .internalServerError)
    #expect(!String(decoding: answer.body, as: UTF8.self).contains("Unforeseen"))
    #expect(rig.log.entries.last?.metadata["detail"] == "Unforeseen")
  }
}
