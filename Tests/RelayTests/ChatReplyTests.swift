import Foundation
import HTTPTypes
import Listener
import TestTwins
import Testing
import Upstream

@testable import Relay

/// How an outcome reaches its caller: by the clock until it is there, then as it is.
@Suite(.timeLimit(.minutes(1))) struct ChatReplyTests {
  private static let stream =
    #"{"model":"lab/first","stream":true,"messages":[{"role":"user","content":"hello"}]}"#

  /// A router that answers when the test says so.
  private struct Held {
    let rig: Rig
    let responder: ProxyResponder
    private let gate = Watched(false)

    init(_ reaction: StubRouter.Reaction, aliases: [String: String] = [:]) async throws {
      rig = try await Rig(
        StubRouter { [gate] _ in
          await gate.until { $0 }
          return reaction
        })
      responder = try rig.responder(aliases: aliases)
    }

    func answer() { gate.update { $0 = true } }

    /// Lets the first wait pass, then so many more.
    func letPass(_ first: Duration, then intervals: [Duration], _ sink: RecordingSink) async {
      for (count, wait) in ([first] + intervals).enumerated() {
        await rig.clock.untilNaps(count + 1)
        await rig.clock.untilAsleep()
        rig.clock.advance(by: wait)
        await sink.until(count + 2)
      }
    }
  }

  /// Asks for a chat completion, with the caller's side in the test's hands.
  private func ask(_ body: String, _ responder: ProxyResponder, _ sink: RecordingSink) -> Task<Void, Never> {
    Task { await responder.respond(to: .chat(body), through: Reply(to: sink)) }
  }

  private func chunks(_ body: String) throws -> [[String: Any]] {
    try body.components(separatedBy: "\n\n").filter { !$0.isEmpty && $0 != "data: [DONE]" }.map { event in
      #expect(event.hasPrefix("data: "))
      let object = try JSONSerialization.jsonObject(with: Data(event.dropFirst(6).utf8))
      return try #require(object as? [String: Any])
    }
  }

  private func delta(_ chunk: [String: Any]) -> [String: Any] {
    ((chunk["choices"] as? [[String: Any]])?.first?["delta"] as? [String: Any]) ?? [:]
  }

  private var timing: Regex<Substring> {
    /queue;dur=\d+\.\d{3}, seal;dur=\d+\.\d{3}, router;dur=\d+\.\d{3}, open;dur=\d+\.\d{3}/
  }

  // MARK: Streams

  @Test func `a stream that is answered at once has its status, its headers, its events and its end`()
    async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    let sink = try await rig.responder().answer(.chat(Self.stream))
    let head = try #require(sink.head)
    #expect(head.status == 200)
    #expect(head.fields[.contentType] == "text/event-stream")
    #expect(head.fields[.cacheControl] == "no-cache")
    #expect(head.fields[.accelBuffering] == "no")
    #expect(head.fields[.requestID]?.hasPrefix("req_") == true)
    #expect(head.fields[.serverTiming]?.wholeMatch(of: timing) != nil)
    #expect(head.fields[.openAIVersion] == "2020-10-01")
    #expect(head.fields[.openAIProcessing].flatMap { Int($0) } != nil)
    #expect(head.fields.count == 7)
    #expect(sink.body.hasSuffix("data: [DONE]\n\n"))
    #expect(sink.events.last == .finish)
    let contents = try chunks(sink.body).compactMap { delta($0)["content"] as? String }
    #expect(contents.joined() == "hi")
    #expect(rig.clock.sleeperCount == 0)
  }

  @Test func `an early failure is a real status`() async throws {
    let rig = try await Rig(StubRouter(.status(401, #"{"detail":"who are you"}"#)))
    let sink = try await rig.responder().answer(.chat(Self.stream))
    let answer = try #require(sink.answer)
    #expect(answer.status.code == 401)
    #expect(answer.fields[.contentType] == "application/json")
    #expect(answer.fields[.serverTiming]?.wholeMatch(of: timing) != nil)
    #expect(errorObject(answer.body)?["code"] as? String == "upstream_authentication")
  }

  @Test func `a failure after retries that fits before the commit is a real status too`() async throws {
    let rig = try await Rig(StubRouter(.status(502)))
    let sink = RecordingSink()
    let task = ask(Self.stream, try rig.responder(), sink)
    // The exchange waits for its next attempt, the reply for its time to commit.
    await rig.clock.untilAsleep(2)
    rig.clock.advance(by: .milliseconds(700))
    await rig.router.untilArrivals(2)
    await rig.clock.untilAsleep(2)
    rig.clock.advance(by: .milliseconds(1300))
    await task.joined()
    let answer = try #require(sink.answer)
    #expect(answer.status.code == 502)
    #expect(answer.fields[.shouldRetry] == "false")
    #expect(rig.router.arrivals.count == 3)
  }

  @Test func `nothing is said before the time to commit, then role and heartbeats, then the answer`()
    async throws
  {
    let held = try await Held(.say("hi"))
    let sink = RecordingSink()
    let task = ask(Self.stream, held.responder, sink)
    await held.rig.clock.untilAsleep()
    await held.rig.router.untilArrivals(1)
    held.rig.clock.advance(by: .milliseconds(4999))
    #expect(held.rig.clock.sleeperCount == 1 && sink.events.isEmpty)
    held.rig.clock.advance(by: .milliseconds(1))
    await sink.until(2)
    for count in 1...3 {
      await held.rig.clock.untilAsleep()
      held.rig.clock.advance(by: .milliseconds(9999))
      #expect(held.rig.clock.sleeperCount == 1 && sink.events.count == count + 1)
      held.rig.clock.advance(by: .milliseconds(1))
      await sink.until(count + 2)
    }
    held.answer()
    await task.joined()

    #expect(sink.head?.status == 200)
    #expect(sink.head?.fields[.serverTiming] == nil)
    let all = try chunks(sink.body)
    #expect(all.filter { delta($0)["role"] != nil }.count == 1)
    #expect(all.prefix(4).allSatisfy { delta($0)["content"] as? String == "" })
    #expect(Set(all.compactMap { $0["id"] as? String }).count == 1)
    #expect(all.compactMap { delta($0)["content"] as? String }.joined() == "hi")
    #expect(sink.body.hasSuffix("data: [DONE]\n\n"))
    #expect(sink.events.last == .finish)
  }

  @Test func `a late failure is an error event and never a good end`() async throws {
    let held = try await Held(.status(200, "<html>not sealed</html>"))
    let sink = RecordingSink()
    let task = ask(Self.stream, held.responder, sink)
    await held.letPass(.seconds(5), then: [.seconds(10)], sink)
    held.answer()
    await task.joined()
    #expect(sink.head?.status == 200)
    #expect(!sink.body.contains("[DONE]") && !sink.body.contains("not sealed"))
    #expect(sink.events.last == .finish)
    let last = try #require(try chunks(sink.body).last)
    #expect(last["choices"] == nil)
    #expect((last["error"] as? [String: Any])?["code"] as? String == "upstream_integrity")
  }

  @Test func `a caller that is gone at a heartbeat takes the transfer with it`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let sink = RecordingSink(goneAfter: 2)
    let task = ask(Self.stream, try rig.responder(), sink)
    await rig.clock.untilAsleep()
    await rig.router.untilArrivals(1)
    rig.clock.advance(by: .seconds(5))
    await rig.clock.untilNaps(2)
    await rig.clock.untilAsleep()
    rig.clock.advance(by: .seconds(10))
    await task.joined()
    #expect(rig.router.abandoned == 1)
    #expect(sink.events.count == 3 && !sink.events.contains(.finish))
    #expect(rig.logText.contains("caller-gone"))
  }

  @Test func `a caller that is gone in the middle of the answer gets no more of it`() async throws {
    let rig = try await Rig(StubRouter(.say(String(repeating: "word ", count: 20_000))))
    let sink = RecordingSink(goneAfter: 2)
    try await rig.responder().respond(to: .chat(Self.stream), through: Reply(to: sink))
    #expect(sink.events.count == 3)
    #expect(!sink.events.contains(.finish))
  }

  @Test(arguments: [stream, Rig.body])
  func `when the caller's connection ends, its task is cancelled and the transfer with it`(body: String)
    async throws
  {
    let rig = try await Rig(StubRouter(.hang))
    let sink = RecordingSink(goneAfter: 0)
    let task = ask(body, try rig.responder(), sink)
    await rig.router.untilArrivals(1)
    task.cancel()
    await task.joined()
    #expect(rig.router.abandoned == 1)
    #expect(rig.router.arrivals.count == 1)
    #expect(rig.logText.contains("caller-gone"))
  }

  @Test func `a caller of which only the drain lets go is told so`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let sink = RecordingSink()
    let task = ask(Rig.body, try rig.responder(), sink)
    await rig.router.untilArrivals(1)
    task.cancel()
    await task.joined()
    #expect(sink.answer?.status.code == 503)
    #expect(sink.answer.flatMap { errorObject($0.body)?["code"] as? String } == "shutting_down")
  }

  // MARK: Whole answers

  @Test func `a whole answer has its length, its headers and the router's bytes without the metadata`()
    async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    let answer = try #require(try await rig.responder().answer(.chat()).answer)
    #expect(answer.status == .ok)
    #expect(answer.fields[.contentType] == "application/json")
    #expect(answer.fields[.requestID]?.hasPrefix("req_") == true)
    #expect(answer.fields[.serverTiming]?.wholeMatch(of: timing) != nil)
    #expect(answer.fields[.openAIVersion] == "2020-10-01")
    #expect(answer.fields[.openAIProcessing].flatMap { Int($0) } != nil)
    #expect(answer.fields.count == 5)
    #expect(
      String(decoding: answer.body, as: UTF8.self)
        == #"{"id":"chatcmpl-1","object":"chat.completion","created":5,"model":"ran","choices":[{"index":0,"#
        + #""message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}"#)
  }

  @Test func `after 200 s the status of a whole answer is committed and blanks keep it alive`() async throws {
    let held = try await Held(.say("hi"))
    let sink = RecordingSink()
    let task = ask(Rig.body, held.responder, sink)
    await held.rig.clock.untilAsleep()
    held.rig.clock.advance(by: .milliseconds(199_999))
    #expect(held.rig.clock.sleeperCount == 1 && sink.events.isEmpty)
    held.rig.clock.advance(by: .milliseconds(1))
    await sink.until(2)
    for count in 1...2 {
      await held.rig.clock.untilNaps(count + 1)
      held.rig.clock.advance(by: .seconds(15))
      await sink.until(count + 2)
    }
    held.answer()
    await task.joined()
    #expect(sink.head?.status == 200)
    #expect(sink.head?.fields[.contentType] == "application/json")
    #expect(sink.body.hasPrefix("   {"))
    let object = try JSONSerialization.jsonObject(with: Data(sink.body.utf8)) as? [String: Any]
    #expect(object?["id"] as? String == "chatcmpl-1")
    #expect(sink.events.last == .finish)
  }

  @Test func `a whole answer that fails after its status is cut off`() async throws {
    let held = try await Held(.status(404))
    let sink = RecordingSink()
    let task = ask(Rig.body, held.responder, sink)
    await held.letPass(.seconds(200), then: [.seconds(15)], sink)
    held.answer()
    await task.joined()
    #expect(sink.events.last == .abort)
    #expect(sink.body.allSatisfy { $0 == " " })
    #expect(!sink.events.contains(.finish))
    #expect(sink.events.filter { $0 == .abort }.count == 1)
  }

  @Test func `a caller that is gone before a blank takes the transfer with it`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let sink = RecordingSink(goneAfter: 0)
    let task = ask(Rig.body, try rig.responder(), sink)
    await rig.clock.untilAsleep()
    await rig.router.untilArrivals(1)
    rig.clock.advance(by: .seconds(200))
    await task.joined()
    #expect(rig.router.abandoned == 1)
    #expect(sink.events.count == 1)
  }

  // MARK: Aliases

  @Test func `an alias is the router's model on the wire and the caller's in the answer`() async throws {
    let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}"#
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(aliases: ["gpt-4o": "lab/first"])
    let whole = try #require(await responder.answer(.chat(body)).answer)
    #expect(whole.fields[.routerModel] == "lab/first")
    #expect(String(decoding: whole.body, as: UTF8.self).contains(#""model":"gpt-4o""#))
    let stream = await responder.answer(
      .chat(body.replacing(#""model""#, with: #""stream":true,"model""#)))
    #expect(stream.head?.fields[.routerModel] == "lab/first")
    #expect(try chunks(stream.body).allSatisfy { $0["model"] as? String == "gpt-4o" })
    for arrival in rig.router.arrivals {
      let sent = String(decoding: try #require(arrival.plaintext()), as: UTF8.self)
      #expect(sent.contains(#""model":"lab/first""#) && !sent.contains("gpt-4o"))
    }
  }
}
