import Envelope
import Foundation
import HTTPTypes
import Listener
import Pacing
import Platform
import TestTwins
import Testing
import Upstream

@testable import Relay

/// Exchanges and their turns: what waits, what is sent, what stays away from the router.
@Suite(.timeLimit(.minutes(1))) struct TurnTests {
  private static let paced = PacingPolicy(margin: .zero, queue: 2)

  private func code(_ sink: RecordingSink) -> String? {
    sink.answer.flatMap { errorObject($0.body)?["code"] as? String }
  }

  private func ask(_ responder: ProxyResponder, _ fields: HTTPFields = [:]) -> Task<RecordingSink, Never> {
    Task { await responder.answer(.chat(Rig.body, fields)) }
  }

  private func untilWaiting(_ count: Int, _ rig: Rig) async {
    while rig.pacer.waiting != count, !Task.isCancelled { await Task.yield() }
  }

  @Test func `a fifth request waits for its turn, and says so in its timing`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")), pacing: Self.paced)
    let responder = try rig.responder(apiKey: "sk")
    for _ in 1...4 { #expect(await ask(responder).value.head?.status == 200) }
    let fifth = ask(responder)
    await untilWaiting(1, rig)
    #expect(rig.router.arrivals.count == 4)
    while rig.router.arrivals.count < 5, !Task.isCancelled {
      rig.clock.advance(by: .milliseconds(100))
      await Task.yield()
    }
    #expect(await fifth.value.head?.status == 200)
    #expect(rig.pacer.overview.admitted == 5)
  }

  @Test func `a full queue is told at once, with when to come again`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")), pacing: Self.paced)
    let responder = try rig.responder(apiKey: "sk")
    for _ in 1...4 { _ = await ask(responder).value }
    let waiting = [ask(responder), ask(responder)]
    await untilWaiting(2, rig)
    let refused = await ask(responder).value
    #expect(refused.head?.status == 429)
    #expect(code(refused) == "queue_full")
    #expect(refused.head?.fields[.retryAfter] == "1")
    #expect(refused.head?.fields[.retryAfterMilliseconds] == "1000")
    for task in waiting { task.cancel() }
    for task in waiting { _ = await task.value }
    #expect(rig.pacer.overview.waiting == 0)
    #expect(rig.router.arrivals.count == 4)
  }

  @Test func `those who wait have no part in the limit of requests in flight`() async throws {
    let rig = try await Rig(
      StubRouter(.say("hi")), pacing: PacingPolicy(perSecond: 1, burst: 1, margin: .zero, queue: 64))
    let responder = try rig.responder(apiKey: "sk", inFlightLimit: 2)
    _ = await ask(responder).value
    var waiting: [Task<RecordingSink, Never>] = []
    for count in 1...6 {
      waiting.append(ask(responder))
      await untilWaiting(count, rig)
    }
    for task in waiting { task.cancel() }
    for task in waiting { _ = await task.value }
  }

  @Test func `each caller's own key has a rate of its own, one for all where one is configured`() async throws
  {
    let own = try await Rig(StubRouter(.say("hi")), pacing: Self.paced)
    let responder = try own.responder()
    for number in 1...8 {
      let sink = await ask(responder, [.authorization: "Bearer sk-\(number)"]).value
      #expect(sink.head?.status == 200)
    }
    #expect(own.pacer.status.count == 8)
    let one = try await Rig(StubRouter(.say("hi")), pacing: Self.paced)
    let shared = try one.responder(apiKey: "sk")
    for number in 1...4 { _ = await ask(shared, [.authorization: "Bearer sk-\(number)"]).value }
    #expect(one.pacer.admitNow(key: KeyID(Secret("sk"))) == nil)
    #expect(one.pacer.status.count == 1)
  }

  @Test(arguments: [
    (PacedRequests.completions, 1), (.authenticated, 2), (.all, 3),
  ])
  func `what counts is a setting`(scope: PacedRequests, count: Int) async throws {
    let rig = try await Rig(StubRouter(.say("hi")), pacing: PacingPolicy(margin: .zero), paced: scope)
    let responder = try rig.responder(apiKey: "sk")
    #expect(await ask(responder).value.head?.status == 200)
    #expect(await responder.answer(.get("/v1/models")).head?.status == 200)
    #expect(rig.pacer.overview.admitted == count)
  }

  @Test func `after a long Retry-After nothing is sent, and callers are told how long`() async throws {
    let rig = try await Rig(StubRouter(.status(503, "", [.retryAfter: "600"]), .say("hi")))
    let responder = try rig.responder(apiKey: "sk")
    #expect(await ask(responder).value.head?.status == 503)
    rig.clock.advance(by: .seconds(100))
    let refused = await ask(responder).value
    #expect(refused.head?.status == 503)
    #expect(code(refused) == "upstream_cool_down")
    #expect(refused.head?.fields[.retryAfter] == "500")
    #expect(refused.head?.fields[.shouldRetry] == "false")
    #expect(rig.router.arrivals.count == 1)
    rig.clock.advance(by: .seconds(500))
    #expect(await ask(responder).value.head?.status == 200)
    #expect(rig.router.arrivals.count == 2)
  }

  @Test func `a key that is refused is not shown again for a few seconds, and other keys are not concerned`()
    async throws
  {
    let rig = try await Rig(StubRouter(.status(401), .say("hi")))
    let responder = try rig.responder()
    let (wrong, right): (HTTPFields, HTTPFields) = (
      [.authorization: "Bearer wrong"], [.authorization: "Bearer right"]
    )
    #expect(await ask(responder, wrong).value.head?.status == 401)
    let refused = await ask(responder, wrong).value
    #expect(refused.head?.status == 401)
    #expect(code(refused) == "upstream_authentication")
    #expect(await responder.answer(.get("/v1/models", wrong)).head?.status == 401)
    #expect(rig.router.arrivals.count == 1 && rig.router.modelRequests.isEmpty)
    #expect(await ask(responder, right).value.head?.status == 200)
    rig.clock.advance(by: .seconds(5))
    #expect(await ask(responder, wrong).value.head?.status == 200)
  }

  @Test func `a caller's own deadline ends its wait for the router's key`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    rig.router.answerKeyRequests(with: .hang)
    let sink = await ask(try rig.responder(), [.requestTimeout: "0.2"]).value
    #expect(sink.head?.status == 504)
    #expect(code(sink) == "deadline_passed")
    #expect(rig.router.arrivals.isEmpty)
  }

  @Test func `while a key is waited for, no turn is held`() async throws {
    let rig = try await Rig(
      StubRouter(.say("hi")), pacing: PacingPolicy(perSecond: 1, burst: 1, margin: .zero), paced: .all)
    let responder = try rig.responder(apiKey: "sk")
    let asking = ask(responder)
    while rig.router.arrivals.isEmpty, !Task.isCancelled {
      rig.clock.advance(by: .milliseconds(100))
      await Task.yield()
    }
    #expect(await asking.value.head?.status == 200)
    #expect(rig.router.keyRequests.count == 1)
  }

  @Test func `ten minutes of sleep lose neither who is at the router nor who waits`() async throws {
    let awake = Watched(false)
    let rig = try await Rig(
      StubRouter { arrival in
        guard arrival.number == 1 else { return .say("hi") }
        await awake.until { $0 }
        // Whatever is in between has forgotten the connection.
        return .fail(.disconnected)
      }, pacing: PacingPolicy(perSecond: 1, burst: 1, margin: .zero))
    let responder = try rig.responder(apiKey: "sk")
    let away = ask(responder)
    await rig.router.untilArrivals(1)
    let waiting = [ask(responder), ask(responder)]
    await untilWaiting(2, rig)
    rig.clock.advance(by: .seconds(600))
    awake.update { $0 = true }
    let driver = Task { [clock = rig.clock] in
      while !Task.isCancelled {
        if clock.sleeperCount > 0 { clock.advance(by: .milliseconds(100)) }
        await Task.yield()
      }
    }
    for task in waiting + [away] {
      let sink = await task.value
      #expect(sink.body.contains(#""content":"hi""#), "\(sink.events) \(rig.logText)")
    }
    driver.cancel()
    #expect(rig.router.arrivals.count == 4)
  }

  @Test func `questions for the models are shared, unless the settings say otherwise`() async throws {
    for (shares, count) in [(true, 1), (false, 5)] {
      let rig = try await Rig(StubRouter(.hang))
      rig.router.answerModelRequests(with: .hang)
      let catalog = ModelCatalog(
        router: rig.context.router, routerKeys: rig.cache, aliases: [:], fixed: [], sharesQuestions: shares)
      let askers = (0..<5).map { _ in
        Task {
          try await catalog.models(for: nil, turn: Turn(key: .configured) { .connection(1) }, at: .now)
        }
      }
      await rig.router.untilModelRequests(count)
      for asker in askers { asker.cancel() }
      for asker in askers { _ = await asker.result }
      #expect(rig.router.modelRequests.count == count)
    }
  }
}
