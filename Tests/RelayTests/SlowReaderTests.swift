import HTTPTypes
import Listener
import TestTwins
import Testing

@testable import Relay

/// A caller that takes nothing of its answer.
private final class StalledSink: ReplySink {
  let isAsked = Watched(false)
  let isKept = Watched(0)
  let isFreed = Watched(false)

  private func stall() async -> Bool {
    isAsked.update { $0 = true }
    await isFreed.until { $0 }
    return true
  }

  func send(_ answer: OutboundAnswer) async -> Bool { await stall() }
  func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async -> Bool { await stall() }
  func write(_ bytes: [UInt8]) async -> Bool { true }
  func finish() async -> Bool { true }
  func keeps(_ bytes: Int) async { isKept.update { $0 = bytes } }
  func abort() async {}
}

/// Callers that read their answers slowly, or never.
@Suite(.timeLimit(.minutes(1))) struct SlowReaderTests {
  static let stream = #"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}"#

  @Test(arguments: [
    InboundRequest.chat(), .chat(stream), .get("/v1/models"), .get("/api/v1/docs"), .chat("{"),
  ])
  func `who does not take its answer has no place among the requests in flight`(_ request: InboundRequest)
    async throws
  {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder(inFlightLimit: 1, models: ["m"])
    let sinks = (1...3).map { _ in StalledSink() }
    for sink in sinks {
      let task = Task { await responder.respond(to: request, through: Reply(to: sink)) }
      await sink.isAsked.until { $0 }
      #expect(await responder.answer(.chat()).head?.status == 200)
      _ = task
    }
    for sink in sinks { sink.isFreed.update { $0 = true } }
  }

  @Test func `what is kept of a stream until its caller takes it is told`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let sink = StalledSink()
    let task = Task { [responder = try rig.responder()] in
      await responder.respond(to: .chat(Self.stream), through: Reply(to: sink))
    }
    await sink.isAsked.until { $0 }
    #expect(sink.isKept.value > 2)
    sink.isFreed.update { $0 = true }
    await task.value
  }
}
