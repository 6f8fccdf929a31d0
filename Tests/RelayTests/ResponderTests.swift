import ClientKeys
import Envelope
import Foundation
import HTTPTypes
import Listener
import RouterTrust
import Sealing
import TestTwins
import Testing
import Upstream

@testable import Relay

@Suite(.timeLimit(.minutes(1))) struct ResponderTests {
  // MARK: Nothing of the caller's head goes on

  @Test func `of all that a caller sends in its head, only the key and the tier reach the router`()
    async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    let fields: HTTPFields = [
      .authorization: "Bearer sk-caller", .userAgent: "OpenAI/Python 1.0", .cookie: "session=1",
      .named("openai-organization"): "org-1", .named("x-stainless-lang"): "python",
      .named("x-forwarded-for"): "10.0.0.1", .referer: "http://localhost/secret",
      .named("x-payload-id"): "chosen-by-the-caller", .named("x-public-key"): "chosen-by-the-caller",
      .securityTier: "high", .contentType: "application/json", .accept: "text/event-stream",
      .named("traceparent"): "00-1-2-03",
    ]
    _ = try await rig.responder().answer(.chat(Rig.body, fields))
    let sent = try #require(rig.router.arrivals.first?.request.fields)
    #expect(
      Set(sent.map(\.name.canonicalName))
        == ["x-payload-id", "x-public-key", "content-type", "accept", "authorization", "x-security-tier"])
    #expect(sent[.authorization] == "Bearer sk-caller")
    #expect(sent[.payloadID] != "chosen-by-the-caller")
    #expect(sent[.publicKey] == PublicKeyHeader.encode(TestKeys.client.publicKey.pem))
    #expect(sent[.accept] == "*/*")
  }

  // MARK: Whose key

  @Test(
    arguments: [
      [.authorization: "Bearer sk-caller"], [.anthropicKey: "sk-caller"], [.azureKey: "sk-caller"],
    ] as [HTTPFields])
  func `without a configured key the caller's goes to the router`(fields: HTTPFields) async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder()
    _ = await responder.answer(.chat(Rig.body, fields))
    _ = await responder.answer(.get("/v1/models", fields))
    #expect(rig.router.arrivals.first?.request.fields[.authorization] == "Bearer sk-caller")
    #expect(rig.router.modelRequests.first?.fields[.authorization] == "Bearer sk-caller")
  }

  @Test(
    arguments: [
      [:], [.authorization: "Bearer sk-caller"], [.anthropicKey: "sk-caller"], [.azureKey: "sk-caller"],
    ] as [HTTPFields])
  func `a configured key always wins, and the caller's never leaves`(fields: HTTPFields) async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(apiKey: "sk-configured")
    _ = await responder.answer(.chat(Rig.body, fields))
    _ = await responder.answer(.get("/v1/models", fields))
    let requests = rig.router.arrivals.map(\.request) + rig.router.modelRequests
    #expect(requests.count == 2)
    for request in requests {
      #expect(request.fields[.authorization] == "Bearer sk-configured")
      #expect(!request.fields.contains { $0.value.contains("sk-caller") })
      #expect(!request.url.contains("sk-caller"))
    }
    #expect(rig.router.keyRequests.allSatisfy { $0.fields.isEmpty })
  }

  @Test func `without any key none is sent`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    _ = try await rig.responder().answer(.chat())
    #expect(rig.router.arrivals.first?.request.fields.contains(.authorization) == false)
  }

  // MARK: Which tier

  @Test(arguments: [
    ("high", "standard", SecurityTier.maximum, "high"), (nil, "standard", .maximum, "standard"),
    (nil, nil, .maximum, "maximum"), (nil, nil, nil, nil), ("maximum", nil, nil, "maximum"),
  ])
  func `the header's tier goes before the body's, and both before the configured one`(
    header: String?, body: String?, configured: SecurityTier?, sent: String?
  ) async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    var fields: HTTPFields = [:]
    fields[.securityTier] = header
    let member = body.map { #","security_tier":"\#($0)""# } ?? ""
    let text = #"{"model":"m","messages":[{"role":"user","content":"x"}]\#(member)}"#
    let sink = try await rig.responder(tier: configured).answer(.chat(text, fields))
    #expect(sink.head?.status == 200)
    let arrival = try #require(rig.router.arrivals.first)
    #expect(arrival.request.fields[.securityTier] == sent)
    let plaintext = String(decoding: try #require(arrival.plaintext()), as: UTF8.self)
    #expect(!plaintext.contains("security_tier"))
  }

  @Test(
    arguments: [("HIGH", nil), ("", nil), (nil, "top"), (nil, ""), ("top", "high"), ("high, high", nil)]
      as [(String?, String?)])
  func `a tier that does not exist is refused and nothing is sent`(header: String?, body: String?)
    async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    var fields: HTTPFields = [:]
    fields[.securityTier] = header
    let member = body.map { #","security_tier":"\#($0)""# } ?? ""
    let text = #"{"model":"m","messages":[{"role":"user","content":"x"}]\#(member)}"#
    let answer = try #require(try await rig.responder(tier: .high).answer(.chat(text, fields)).answer)
    #expect(answer.status == .badRequest)
    let error = try #require(errorObject(answer.body))
    #expect(error["code"] as? String == "invalid_security_tier")
    #expect(error["param"] as? String == (header == nil ? "security_tier" : nil))
    #expect((error["message"] as? String)?.contains("standard, high, maximum") == true)
    #expect(rig.router.arrivals.isEmpty && rig.router.keyRequests.isEmpty)
  }

  // MARK: Bad bodies

  @Test(arguments: [
    ("", nil), ("{", nil), ("[]", nil), ("\u{FEFF}{}", nil), ("{}", "model"),
    (#"{"model":""}"#, "model"), (#"{"model":"m"}"#, "messages"),
    (#"{"model":"m","messages":[]}"#, "messages"),
    (#"{"model":"m","model":"n","messages":[{}]}"#, "model"),
    (#"{"model":"m","messages":[{}],"stream":"yes"}"#, "stream"),
    (#"{"model":"m","messages":[{}],"n":0}"#, "n"),
    (#"{"model":"m","messages":\#(String(repeating: "[", count: 9999))"#, nil),
  ])
  func `a body that cannot be understood is a 400 that names the member`(
    body: String, parameter: String?
  ) async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let answer = try #require(try await rig.responder().answer(.chat(body)).answer)
    #expect(answer.status == .badRequest)
    #expect(answer.fields[.requestID] != nil)
    let error = try #require(errorObject(answer.body))
    #expect(error["type"] as? String == "invalid_request_error")
    #expect(error["param"] as? String == parameter)
    #expect(rig.router.arrivals.isEmpty && rig.router.keyRequests.isEmpty)
  }

  // MARK: How many at once

  @Test func `one exchange too many is refused, and its place is free again afterwards`() async throws {
    let gate = Watched(false)
    let rig = try await Rig(
      StubRouter { _ in
        await gate.until { $0 }
        return .say("hi")
      })
    let responder = try rig.responder(inFlightLimit: 2)
    let waiting = (1...2).map { _ in Task { await responder.answer(.chat()) } }
    await rig.router.untilArrivals(2)
    let refused = try #require(await responder.answer(.chat()).answer)
    #expect(refused.status == .serviceUnavailable)
    #expect(refused.fields[.retryAfter] == "1")
    #expect(errorObject(refused.body)?["code"] as? String == "too_many_requests_in_flight")
    #expect(rig.router.arrivals.count == 2)
    #expect(await responder.answer(.get("/healthz")).head?.status == 200)

    gate.update { $0 = true }
    for task in waiting { #expect(await task.joined().head?.status == 200) }
    #expect(await responder.answer(.chat()).head?.status == 200)
  }

  @Test func `a place is given back however an exchange ends`() async throws {
    let rig = try await Rig(
      StubRouter(.status(403), .status(200, "no envelope"), .hang, .say("hi")))
    let responder = try rig.responder(inFlightLimit: 1)
    #expect(await responder.answer(.chat("{")).head?.status == 400)
    #expect(await responder.answer(.chat()).head?.status == 403)
    #expect(await responder.answer(.chat()).head?.status == 502)
    let gone = Task {
      await responder.respond(to: .chat(), through: Reply(to: RecordingSink(goneAfter: 0)))
    }
    await rig.router.untilArrivals(3)
    gone.cancel()
    await gone.joined()
    #expect(await responder.answer(.chat()).head?.status == 200)
  }

  @Test func `fifty at once are each answered with their own`() async throws {
    let rig = try await Rig(
      StubRouter { arrival in
        let plaintext = arrival.plaintext().map { String(decoding: $0, as: UTF8.self) } ?? ""
        return .say(plaintext.firstMatch(of: /"content":"([^"]*)"/).map { String($0.1) } ?? "nothing")
      })
    let responder = try rig.responder(inFlightLimit: 50)
    await withTaskGroup(of: (Int, String).self) { group in
      for number in 1...50 {
        let body = #"{"model":"m","messages":[{"role":"user","content":"number \#(number)."}]}"#
        group.addTask { (number, await responder.answer(.chat(body)).body) }
      }
      for await (number, body) in group { #expect(body.contains("number \(number).\"")) }
    }
    #expect(rig.router.keyRequests.count == 1)
  }

  // MARK: Health

  @Test func `alive is alive whatever else is missing`() async throws {
    let rig = try await Rig(StubRouter(.hang), hasClientKey: false)
    let answer = try #require(try await rig.responder().answer(.get("/healthz")).answer)
    #expect(answer.status == .ok)
    #expect(String(decoding: answer.body, as: UTF8.self) == #"{"status":"alive"}"#)
  }

  @Test func `ready names what is missing until nothing is`() async throws {
    let rig = try await Rig(StubRouter(.hang), hasClientKey: false)
    let responder = try rig.responder()
    func ready() async throws -> (Int, String) {
      let answer = try #require(await responder.answer(.get("/readyz")).answer)
      #expect(answer.fields[.contentType] == "application/json")
      return (answer.status.code, String(decoding: answer.body, as: UTF8.self))
    }
    #expect(
      try await ready() == (503, #"{"status":"waiting","waiting_for":["client_key","router_key"]}"#))
    _ = try await rig.ring.rotate()
    #expect(try await ready() == (503, #"{"status":"waiting","waiting_for":["router_key"]}"#))
    rig.router.answerKeyRequests(with: .status(200, "no key"))
    _ = try? await rig.cache.refresh()
    let refused = try await ready()
    #expect(refused.0 == 503 && refused.1.contains(#""reason":"#))
    rig.router.answerKeyRequests(with: nil)
    try await rig.cache.refresh(force: true)
    #expect(try await ready() == (200, #"{"status":"ready"}"#))
  }

  @Test func `chat while no client key can be made is told to come again`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")), hasClientKey: false, makesKeys: false)
    let answer = try #require(try await rig.responder().answer(.chat()).answer)
    #expect(answer.status == .serviceUnavailable)
    #expect(answer.fields[.retryAfter] == "1")
    #expect(errorObject(answer.body)?["code"] as? String == "not_ready")
  }

  @Test func `an unknown route that got past the door is still a 404`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    #expect(try await rig.responder().answer(.get("/nowhere")).head?.status == 404)
  }
}
