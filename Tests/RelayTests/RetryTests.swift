import Dialects
import Envelope
import HTTPTypes
import RouterTrust
import Sealing
import TestTwins
import Testing
import Upstream

@testable import Relay

/// The rules of retrying from end to end; the decisions themselves are tested in PacingTests.
@Suite(.timeLimit(.minutes(1))) struct RetryTests {
  /// Runs an exchange whose every wait is over at once.
  ///
  /// - Returns: how it ended, with the waits that were asked for.
  private func run(
    _ rig: Rig, tier: SecurityTier? = nil, timeout: Duration = .seconds(900),
    step: Duration = .seconds(3600)
  ) async throws -> (ending: ExchangeEnding, waits: [Duration]) {
    let exchange = try rig.exchange(tier: tier, timeout: timeout)
    let ending = await withTaskGroup(of: ExchangeEnding?.self) { group in
      group.addTask { await exchange.ending() }
      group.addTask {
        while !Task.isCancelled {
          await rig.clock.untilAsleep()
          rig.clock.advance(by: step)
        }
        return nil
      }
      var ending: ExchangeEnding?
      while ending == nil, let next = await group.next() { ending = next }
      group.cancelAll()
      return ending
    }
    return (try #require(ending), rig.clock.naps)
  }

  private func isAnswered(_ ending: ExchangeEnding) -> Bool {
    if case .success = ending.result { true } else { false }
  }

  private func failure(_ ending: ExchangeEnding) -> FailedExchange? {
    if case .failure(let failed) = ending.result { failed } else { nil }
  }

  @Test(arguments: [503, 502, 504, 429, 500])
  func `one failure that may pass, then the answer`(status: Int) async throws {
    let rig = try await Rig(StubRouter(.status(status), .say("hi")))
    let (ending, waits) = try await run(rig)
    #expect(isAnswered(ending))
    #expect(ending.report.retries == 1)
    #expect(ending.report.timing.queue >= waits.reduce(.zero, +))
    try #require(waits.count == 1)
    #expect(waits[0] >= .milliseconds(375) && waits[0] <= .milliseconds(625))
  }

  @Test(arguments: [UpstreamError.unresolved, .unreachable, .connectTimedOut, .handshake("cut")])
  func `while there is no connection it goes on for ten seconds, and none of it is a retry`(
    error: UpstreamError
  ) async throws {
    let rig = try await Rig(StubRouter(.fail(error)), retries: 1)
    let start = rig.clock.now
    let (ending, _) = try await run(rig, step: .milliseconds(500))
    #expect(failure(ending)?.fault.shouldRetry == false)
    #expect(ending.report.retries == 0)
    let took = start.duration(to: rig.clock.now)
    #expect(took >= .seconds(10) && took < .seconds(14), "\(took)")
    #expect(rig.router.arrivals.count > 5)
  }

  @Test func `a router that comes back within that time has lost nothing`() async throws {
    let rig = try await Rig(
      StubRouter(inTurn: [StubRouter.Reaction](repeating: .fail(.unreachable), count: 6) + [.say("hi")]))
    let (ending, _) = try await run(rig, step: .milliseconds(500))
    #expect(isAnswered(ending))
    #expect(rig.router.arrivals.count == 7)
  }

  @Test(arguments: [UpstreamError.disconnected, .truncated])
  func `a connection that broke is tried again, up to the limit`(error: UpstreamError) async throws {
    let rig = try await Rig(StubRouter(.fail(error)))
    let (ending, waits) = try await run(rig)
    #expect(ending.report.retries == 2)
    #expect(failure(ending)?.fault.shouldRetry == false)
    #expect(rig.router.arrivals.count == 3)
    try #require(waits.count == 2)
    #expect(waits[1] >= .milliseconds(750) && waits[1] <= .milliseconds(1250))
  }

  @Test func `the router's Retry-After is how long is waited`() async throws {
    let rig = try await Rig(StubRouter(.status(429, "", [.retryAfter: "7"]), .say("hi")))
    let (ending, waits) = try await run(rig)
    #expect(isAnswered(ending))
    #expect(waits == [.seconds(7)])
  }

  @Test func `a router that asks for more patience than half a minute is answered to the caller`()
    async throws
  {
    let rig = try await Rig(StubRouter(.status(429, "", [.retryAfter: "31"]), .say("hi")))
    let (ending, waits) = try await run(rig)
    #expect(failure(ending)?.fault.retryAfter == .seconds(31))
    #expect(failure(ending)?.fault.shouldRetry == nil)
    #expect(waits.isEmpty)
  }

  @Test(arguments: [500, 503])
  func `a second one of these is the caller's`(status: Int) async throws {
    let rig = try await Rig(StubRouter(.status(status)), retries: 5)
    let (ending, _) = try await run(rig)
    #expect(ending.report.retries == 1)
    #expect(rig.router.arrivals.count == 2)
  }

  @Test(arguments: [400, 401, 403, 404, 409, 413, 422, 301, 204, 201, 405, 408, 418, 501])
  func `nothing else is tried again`(status: Int) async throws {
    let rig = try await Rig(StubRouter(.status(status), .say("hi")))
    let (ending, waits) = try await run(rig)
    #expect(failure(ending)?.failure.logClass == "router-status-\(status)")
    #expect(ending.report.retries == 0)
    #expect(waits.isEmpty)
    #expect(rig.router.arrivals.count == 1)
  }

  @Test(arguments: [
    UpstreamError.clearText, .badURL, .tls("expired"), .responseTimedOut, .tooLarge(limit: 1),
    .crowded(limit: 1), .protocolFault, .cancelled, .closed,
  ])
  func `a transfer that cannot go better is not tried again`(error: UpstreamError) async throws {
    let rig = try await Rig(StubRouter(.fail(error), .say("hi")))
    let (ending, waits) = try await run(rig)
    #expect(failure(ending) != nil)
    #expect(waits.isEmpty)
    #expect(rig.router.arrivals.count == 1)
  }

  @Test func `503 for the maximum tier means missing hardware and is not tried again`() async throws {
    let maximum = try await Rig(StubRouter(.status(503), .say("hi")))
    #expect(failure(try await run(maximum, tier: .maximum).ending)?.fault.status == 503)
    #expect(maximum.router.arrivals.count == 1)
    let high = try await Rig(StubRouter(.status(503), .say("hi")))
    #expect(isAnswered(try await run(high, tier: .high).ending))
  }

  @Test func `a wait that would pass the deadline is not begun`() async throws {
    let rig = try await Rig(StubRouter(.status(503, "", [.retryAfter: "30"]), .say("hi")))
    let (ending, waits) = try await run(rig, timeout: .seconds(29))
    #expect(failure(ending)?.fault.status == 503)
    #expect(waits.isEmpty)
    #expect(rig.router.arrivals.count == 1)
  }

  @Test func `no retries means none`() async throws {
    let rig = try await Rig(StubRouter(.status(502), .say("hi")), retries: 0)
    let (ending, _) = try await run(rig)
    #expect(failure(ending)?.fault.shouldRetry == nil)
    #expect(rig.router.arrivals.count == 1)
  }

  @Test func `a router that does not hand out its key is tried again like any other failure`() async throws {
    // After a failure the key is not asked for again at once, so the test has to own that time too.
    let rig = try await Rig(StubRouter(.say("hi")), looksInOwnTime: true)
    rig.router.answerKeyRequests(with: .status(503))
    let (ending, waits) = try await run(rig)
    #expect(failure(ending)?.fault.code == "upstream_key_unavailable")
    #expect(ending.report.retries == 1)
    #expect(rig.router.keyRequests.count == 2 && rig.router.arrivals.isEmpty)
    #expect(waits.count == 1)
  }

  // MARK: The router's key has changed

  @Test(arguments: [400, 422, 500])
  func `a rejection that a new key explains is answered by sealing for it and sending once more`(status: Int)
    async throws
  {
    let rig = try await Rig(
      StubRouter { arrival in
        arrival.plaintext(with: TestKeys.nextRouter) == nil ? .status(status) : .say("sealed anew")
      })
    _ = try await rig.cache.current()
    rig.router.use(TestKeys.nextRouter)
    let (ending, waits) = try await run(rig)
    #expect(isAnswered(ending))
    #expect(ending.report.retries == 0 && waits.isEmpty)
    let sent = rig.router.arrivals
    try #require(sent.count == 2)
    #expect(sent[0].plaintext() == sent[1].plaintext(with: TestKeys.nextRouter))
    #expect(sent[0].request.fields[.payloadID] != sent[1].request.fields[.payloadID])
    #expect(rig.router.keyRequests.count == 2)
  }

  @Test(arguments: [400, 422])
  func `a rejection under the same key stands, after one look at it`(status: Int) async throws {
    let rig = try await Rig(StubRouter(.status(status, #"{"detail":"no"}"#)))
    let (ending, _) = try await run(rig)
    #expect(failure(ending)?.fault.status == status)
    #expect(rig.router.arrivals.count == 1)
    #expect(rig.router.keyRequests.count == 2)
  }

  @Test func `the key is looked at once in an exchange, whatever happens`() async throws {
    let rig = try await Rig(StubRouter(.status(500), .status(400)))
    let (ending, _) = try await run(rig)
    #expect(failure(ending)?.fault.status == 400)
    #expect(rig.router.arrivals.count == 2)
    #expect(rig.router.keyRequests.count == 2)
  }

  @Test func `a router that rejects the new key's envelope too is believed`() async throws {
    let rig = try await Rig(StubRouter(.status(400)))
    _ = try await rig.cache.current()
    rig.router.use(TestKeys.nextRouter)
    let (ending, _) = try await run(rig)
    #expect(failure(ending)?.fault.status == 400)
    #expect(rig.router.arrivals.count == 2)
    #expect(rig.router.keyRequests.count == 2)
  }

  @Test(arguments: [401, 403, 404, 429, 503])
  func `a status that no key explains does not lead to a look at it`(status: Int) async throws {
    let rig = try await Rig(StubRouter(.status(status)), retries: 0)
    _ = try await run(rig)
    #expect(rig.router.keyRequests.count == 1)
  }

  @Test func `a key that cannot be fetched now explains nothing`() async throws {
    let rig = try await Rig(StubRouter(.status(400)))
    _ = try await rig.cache.current()
    rig.router.answerKeyRequests(with: .fail(.unreachable))
    let (ending, _) = try await run(rig)
    #expect(failure(ending)?.fault.code == "upstream_invalid_request")
    #expect(rig.router.arrivals.count == 1)
  }
}
