import ClientKeys
import Dialects
import Envelope
import Foundation
import HTTPTypes
import JSONText
import Listener
import Pacing
import RouterTrust
import TestTwins
import Testing
import Upstream

@testable import Relay
@testable import Sealing

@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
  private func text(_ answer: ChatAnswer) -> String? { answer.choices.first?.message["content"]?.string }

  // MARK: On the wire

  @Test func `the wire carries the protocol's headers and no others`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    var exchange = try rig.exchange()
    #expect(text(try await exchange.run()) == "hi")

    let request = try #require(rig.router.arrivals.first?.request)
    #expect(request.method == .post)
    #expect(request.url == "https://router.test/prefix/v1/chat/secure_completion")
    #expect(request.responseLimit == 1 << 20)
    #expect(
      Set(request.fields.map(\.name.rawName)) == ["X-Payload-ID", "X-Public-Key", "Content-Type", "Accept"])
    #expect(request.fields[.contentType] == "application/octet-stream")
    #expect(request.fields[.accept] == "*/*")
    let pem = try #require(request.fields[.publicKey].flatMap(PublicKeyHeader.decode))
    #expect(String(decoding: pem, as: UTF8.self) == TestKeys.client.publicKey.pem)
    let id = try #require(request.fields[.payloadID])
    #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
  }

  @Test func `key and tier are sent when there are any`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    var exchange = try rig.exchange(tier: .high, bearer: "sk-own")
    _ = try await exchange.run()
    let fields = try #require(rig.router.arrivals.first?.request.fields)
    #expect(fields[.authorization] == "Bearer sk-own")
    #expect(fields[.securityTier] == "high")
    #expect(fields.count == 6)
  }

  @Test func `the router's key is asked for without credentials, once for all exchanges`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    for _ in 1...3 {
      var exchange = try rig.exchange(tier: .high, bearer: "sk-own")
      _ = try await exchange.run()
    }
    let requests = rig.router.keyRequests
    #expect(requests.count == 1)
    #expect(requests.first?.url == "https://router.test/prefix/pki/public_key")
    #expect(requests.first?.method == .get)
    #expect(requests.first?.fields.isEmpty == true)
  }

  @Test
  func `what is sealed is what the caller wrote, byte for byte, but for what must not reach the router`()
    async throws
  {
    let kept =
      #""messages" : [ {"role":"user","content":"h\u00e9 \/ 1.0"} ] ,"n":1,  "temperature":1.50,"x_new":{"b":1,"a":2}"#
    let rig = try await Rig(StubRouter(.say("hi")))
    var exchange = try rig.exchange(#"{"model":"lab/first","stream":false,\#(kept),"security_tier":"high"}"#)
    _ = try await exchange.run()
    let arrival = try #require(rig.router.arrivals.first)
    let sent = String(decoding: try #require(arrival.plaintext()), as: UTF8.self)
    #expect(sent.contains(kept))
    #expect(!sent.contains("stream") && !sent.contains("security_tier"))
    #expect(!String(decoding: arrival.request.body, as: UTF8.self).contains("temperature"))
  }

  @Test func `each exchange has an identifier, a nonce and a content key of its own`() async throws {
    let rig = try await Rig(StubRouter(.status(502), .status(502), .say("hi")))
    let run = Task {
      var exchange = try rig.exchange()
      return try await exchange.run()
    }
    for _ in 1...2 {
      await rig.clock.untilAsleep()
      rig.clock.advance(by: .seconds(10))
    }
    _ = try await run.joined()
    let attempts = try rig.router.arrivals.map { try Attempt($0) }
    #expect(attempts.count == 3)
    #expect(Set(attempts.map(\.payloadID)).count == 3)
    #expect(Set(attempts.map(\.nonce)).count == 3)
    #expect(Set(attempts.map(\.contentKey)).count == 3)
    #expect(Set(attempts.map(\.plaintext)).count == 1)
  }

  /// What tells one attempt from another, read from the wire by code that is not ours as far as that goes.
  private struct Attempt {
    let payloadID: String
    let nonce: String
    let contentKey: [UInt8]
    let plaintext: [UInt8]

    init(_ arrival: StubRouter.Arrival) throws {
      struct Outer: Decodable {
        struct Payload: Decodable { let nonce: String }
        let encrypted_payload: Payload
        let encrypted_aes_key: String
      }
      let outer = try JSONDecoder().decode(Outer.self, from: Data(arrival.request.body))
      let wrapped = try #require(Data(base64Encoded: outer.encrypted_aes_key))
      payloadID = try #require(arrival.request.fields[.payloadID])
      nonce = outer.encrypted_payload.nonce
      contentKey = try TestKeys.router.unwrap([UInt8](wrapped)).withBytes { [UInt8]($0) }
      plaintext = try #require(arrival.plaintext())
    }
  }

  @Test func `the transfer may take what is left of the exchange's time`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    var exchange = try rig.exchange(timeout: .seconds(900))
    _ = try await exchange.run()
    let timeout = try #require(rig.router.arrivals.first?.request.responseTimeout)
    #expect(timeout <= .seconds(900) && timeout > .seconds(600))
  }

  // MARK: Client keys

  @Test func `without a client key nothing is sent`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")), hasClientKey: false, makesKeys: false)
    var exchange = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.fault.code == "not_ready")
    #expect(rig.router.arrivals.isEmpty)
  }

  @Test
  func `an answer is opened with the generation that was announced, though the ring was renewed meanwhile`()
    async throws
  {
    let rig = try await Rig(StubRouter(.hang))
    let router = StubRouter { [ring = rig.ring] _ in
      _ = try? await ring.rotate()
      return .say("sealed for the first key")
    }
    let context = ExchangeContext(
      router: RouterClient(transport: router, baseURL: Rig.baseURL, responseLimit: 1 << 20, pacer: rig.pacer),
      routerKeys: rig.cache, clientKeys: rig.ring, workers: rig.context.workers, retries: 0)
    for (generation, key) in [(1, TestKeys.client), (2, TestKeys.nextClient)] {
      var exchange = Exchange(
        context: context, request: try rig.exchange().request, tier: nil, bearer: nil,
        turn: Turn(key: .configured) { .connection(1) },
        deadline: .now.advanced(by: .seconds(900)))
      #expect(text(try await exchange.run()) == "sealed for the first key")
      #expect(exchange.report.generation == generation)
      let announced = router.arrivals.last?.request.fields[.publicKey]
      #expect(announced == PublicKeyHeader.encode(key.publicKey.pem))
    }
  }

  // MARK: A router key that is not trusted

  @Test func `nothing is sent for a key that was refused while a client key was waited for`() async throws {
    let mayBeMade = DispatchSemaphore(value: 0)
    let rig = try await Rig(
      StubRouter(.say("hi")), retries: 0,
      trust: TrustPolicy(mode: .pinned, pins: [TestKeys.router.publicKey.fingerprint]),
      rotation: RotationPolicy(interval: nil, maxUses: 1, pool: 0), beforeSecondKey: { mayBeMade.wait() })
    var first = try rig.exchange()
    _ = try await first.run()
    // The first pair is used up, and the next is not made yet.
    let second = try rig.exchange()
    async let waiting = second.ending()
    while rig.ring.status.waiting == 0 { await Task.yield() }
    rig.router.use(TestKeys.nextRouter)
    _ = try? await rig.cache.refresh(force: true)
    #expect(await rig.cache.status.refused == TestKeys.nextRouter.publicKey.fingerprint)
    mayBeMade.signal()
    guard case .failure(let failed) = await waiting.result else {
      Issue.record("it was answered")
      return
    }
    #expect(failed.fault.code == "upstream_key_untrusted")
    #expect(rig.router.arrivals.count == 1)
  }

  @Test func `a router that shows an untrusted key is not asked for its models either`() async throws {
    let rig = try await Rig(
      StubRouter(.hang), trust: TrustPolicy(mode: .pinned, pins: [TestKeys.nextRouter.publicKey.fingerprint]))
    let answer = try #require(try await rig.responder(apiKey: "secret").answer(.get("/v1/models")).answer)
    #expect(answer.status == .badGateway)
    #expect(errorObject(answer.body)?["code"] as? String == "upstream_key_untrusted")
    #expect(rig.router.modelRequests.isEmpty)
  }

  // MARK: Refused before sealing

  @Test func `plaintext over the protocol's limit is not sent`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let request = ChatRequest(
      plaintext: [UInt8](repeating: 0x20, count: Wire.requestPlaintextLimit + 1), model: "m",
      routerModel: "m", securityTier: nil)
    var exchange = Exchange(
      context: rig.context, request: request, tier: nil, bearer: nil,
      turn: Turn(key: .configured) { .connection(1) },
      deadline: .now.advanced(by: .seconds(900)))
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.fault.status == 413)
    #expect(failed?.fault.message.contains("10485761") == true)
    #expect(rig.router.arrivals.isEmpty)
  }

  // MARK: Answers that must not be used

  @Test(arguments: [
    ("", "outer-json"), ("<html>hello</html>", "outer-json"),
    (#"{"object":"chat.completion","choices":[{"index":0,"message":{"content":"in clear"}}]}"#, "shape"),
  ])
  func `a 200 that is no envelope is refused and not tried again`(body: String, cause: String) async throws {
    let rig = try await Rig(StubRouter(.status(200, body)))
    var exchange = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.failure.logClass == "integrity-\(cause)")
    #expect(failed?.wasTriedAgain == false)
    #expect(rig.router.arrivals.count == 1 && rig.router.keyRequests.count == 1)
  }

  @Test func `an answer sealed for another key is refused`() async throws {
    let rig = try await Rig(
      StubRouter { arrival in
        var request = arrival.request
        request.fields[.publicKey] = PublicKeyHeader.encode(TestKeys.nextClient.publicKey.pem)
        return .status(200, String(decoding: StubRouter.sealed("{}", for: request), as: UTF8.self))
      })
    var exchange = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.failure.logClass == "integrity-key-unwrap")
  }

  @Test func `an answer that names another request is refused, one that names this one is not`() async throws
  {
    let completion = #"{"choices":[{"message":{"content":"hi"}}],"_metadata":{"payload_id":"ID"}}"#
    let rig = try await Rig(
      StubRouter { arrival in
        let own = arrival.request.fields[.payloadID] ?? ""
        let named = arrival.number == 1 ? own : "00000000-0000-4000-8000-000000000000"
        return .seal(completion.replacing("ID", with: named))
      })
    var first = try rig.exchange()
    #expect(text(try await first.run()) == "hi")
    var second = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await second.run() }
    #expect(failed?.failure.logClass == "integrity-payload-id")
  }

  @Test(arguments: [
    (#"{"error":{"message":"out of memory"}}"#, "upstream_error"), (#"{"object":"list"}"#, "upstream_answer"),
    (#"{"choices":[]}"#, "upstream_answer"), (#"{"choices":[{}]}"#, "upstream_answer"),
  ])
  func `an authentic answer that is no completion is told as that`(plain: String, code: String) async throws {
    let rig = try await Rig(StubRouter(.seal(plain)))
    var exchange = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.fault.code == code)
    #expect(failed?.fault.status == 502)
    #expect(rig.router.arrivals.count == 1)
  }

  // MARK: The router's key cannot be had

  @Test func `a key document that is refused sends nothing`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    rig.router.answerKeyRequests(with: .status(200, "<html>no key</html>"))
    var exchange = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.fault.code == "upstream_integrity")
    #expect(rig.router.arrivals.isEmpty && rig.router.keyRequests.count == 1)
  }

  @Test func `a key that is too short sends nothing`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    rig.router.use(TestKeys.client)
    var exchange = try rig.exchange()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await exchange.run() }
    #expect(failed?.failure.logClass == "router-key-refused")
    #expect(rig.router.arrivals.isEmpty)
  }

  // MARK: Cancelling

  @Test func `a cancelled exchange takes its transfer away and is not tried again`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let run = Task {
      var exchange = try rig.exchange()
      return try await exchange.run()
    }
    await rig.router.untilArrivals(1)
    run.cancel()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await run.joined() }
    #expect(failed?.failure.logClass == "cancelled")
    #expect(rig.router.abandoned == 1)
    #expect(rig.router.arrivals.count == 1)
  }

  @Test func `cancelling does not wait for the router's key, which is fetched on for the next`() async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    rig.router.answerKeyRequests(with: .hang)
    let run = Task {
      var exchange = try rig.exchange()
      return try await exchange.run()
    }
    await rig.router.untilKeyRequests(1)
    run.cancel()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await run.joined() }
    #expect(failed?.failure.logClass == "cancelled")
    #expect(rig.router.arrivals.isEmpty && rig.router.abandoned == 0)
  }

  @Test func `cancelling between two attempts ends the wait`() async throws {
    let rig = try await Rig(StubRouter(.status(503)))
    let run = Task {
      var exchange = try rig.exchange()
      return try await exchange.run()
    }
    await rig.clock.untilAsleep()
    run.cancel()
    let failed = await #expect(throws: FailedExchange.self) { _ = try await run.joined() }
    #expect(failed?.failure.logClass == "cancelled")
    #expect(rig.router.arrivals.count == 1)
    #expect(rig.clock.sleeperCount == 0)
  }
}
