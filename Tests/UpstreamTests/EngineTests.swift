import Testing

@testable import Upstream

/// The thread and its actor without a client around them.
@Suite(.timeLimit(.minutes(1))) struct EngineTests {
  private func engine() throws -> (CurlThread, CurlEngine) {
    let thread = try CurlThread()
    let engine = try CurlEngine(thread: thread, options: UpstreamOptions(allowHTTP: true))
    try thread.start { engine.assumeIsolated { $0.turn() } }
    return (thread, engine)
  }

  @Test func aCallWakesTheThread() async throws {
    let (thread, _) = try engine()
    let called = Fact()
    // From outside, while it sleeps, and from the thread itself, while it is awake.
    thread.run { thread.run { called.tell() } }
    try await called.heard()
    #expect(thread.close())
    thread.leave()
    await thread.ended()
    thread.join()
  }

  /// A request that was let in before closing may reach the actor after everything was failed.
  @Test func whatWasLetInBeforeClosingFailsAsWell() async throws {
    let server = try ScriptedServer { try $0.answer() }
    let (thread, engine) = try engine()
    #expect(thread.enter())
    #expect(thread.close())
    await engine.failAll()
    guard case .failure(.closed) = await engine.perform(UpstreamRequest(url: server.url)) else {
      Issue.record("not failed")
      return
    }
    await thread.ended()
    thread.join()
    #expect(server.accepted == 0)
  }

  @Test func nobodyIsLetInAfterClosing() async throws {
    let (thread, engine) = try engine()
    #expect(thread.close())
    #expect(!thread.close())
    #expect(!thread.enter())
    await engine.failAll()
    await thread.ended()
    await thread.ended()
    thread.run { Issue.record("called after the end") }
    thread.join()
    thread.join()
  }

  @Test func theActorRunsOnItsThreadOnly() async throws {
    let (thread, engine) = try engine()
    #expect(thread.isIsolatingCurrentContext() == false)
    let inside = Fact()
    thread.run {
      engine.assumeIsolated { _ in }
      inside.tell()
    }
    try await inside.heard()
    #expect(thread.close())
    await engine.failAll()
    await thread.ended()
    thread.join()
  }
}
