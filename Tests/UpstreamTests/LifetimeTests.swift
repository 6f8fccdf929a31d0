import Glibc
import Testing
import Upstream

/// How transfers and clients end before their time.
@Suite(.timeLimit(.minutes(1))) struct LifetimeTests {
  /// A server that says so when a request is there, and when the connection has ended.
  private struct Silent {
    let asked = Fact()
    let ended = Fact()
    let server: ScriptedServer

    init(start: String = "") throws {
      server = try ScriptedServer { [asked, ended] peer in
        _ = try peer.request()
        try peer.send(start)
        asked.tell()
        peer.waitForEnd()
        ended.tell()
      }
    }
  }

  @Test(arguments: ["", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
  func cancellingClosesTheConnectionAtOnce(start: String) async throws {
    let silent = try Silent(start: start)
    let upstream = try client()
    let task = Task { await upstream.failure(post(silent.server.url, [1])) }
    try await silent.asked.heard()
    #expect(upstream.inFlight == 1)
    task.cancel()
    try await silent.ended.heard()
    #expect(await task.value == .cancelled)
    #expect(upstream.inFlight == 0)
  }

  @Test func cancellingWhileConnectingEndsTheWait() async throws {
    let crowded = try CrowdedPort()
    let url = crowded.url
    let upstream = try client()
    var outcome: UpstreamError?
    // A machine that is busy may come to cancel when the network has given up by itself, after five seconds.
    for _ in 0..<20 where outcome != .cancelled {
      let task = Task { await upstream.failure(UpstreamRequest(url: url)) }
      while upstream.inFlight == 0 { await Task.yield() }
      await upstream.respond()
      task.cancel()
      outcome = await task.value
    }
    withExtendedLifetime(crowded) {}
    #expect(outcome == .cancelled)
    #expect(upstream.inFlight == 0)
  }

  @Test func aChildProcessDoesNotKeepAConnectionOpen() async throws {
    let silent = try Silent()
    let upstream = try client()
    let task = Task { await upstream.failure(post(silent.server.url, [1])) }
    try await silent.asked.heard()
    let child = try Shell("echo $$; exec sleep 100")
    let process = try #require(child.line().flatMap { pid_t($0) })
    defer { kill(process, SIGKILL) }
    task.cancel()
    try await silent.ended.heard()
    #expect(await task.value == .cancelled)
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    let server = try ScriptedServer { try $0.answer() }
    let upstream = try client()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await upstream.failure(UpstreamRequest(url: server.url))
    }
    task.cancel()
    #expect(await task.value == .cancelled)
    await upstream.respond()
    #expect(server.accepted == 0)
  }

  @Test func cancellingOneLeavesTheOthersAlone() async throws {
    let asked = Fact()
    let silent = try Silent()
    let server = try ScriptedServer { peer in
      while true {
        if try peer.request().body == [9] { asked.tell() }
        try peer.answer()
      }
    }
    let upstream = try client()
    let doomed = Task { await upstream.failure(post(silent.server.url, [1])) }
    try await silent.asked.heard()
    let others = Task {
      var texts: [String] = []
      for number in UInt8(0)..<10 { texts.append(try await upstream.send(post(server.url, [number])).text) }
      return texts
    }
    try await asked.heard()
    doomed.cancel()
    #expect(await doomed.value == .cancelled)
    #expect(try await others.value == Array(repeating: "ok", count: 10))
  }

  @Test func cancellingAndAnsweringMayMeet() async throws {
    let server = try ScriptedServer { peer in
      while true {
        _ = try peer.request()
        try peer.answer()
      }
    }
    let upstream = try client()
    for _ in 0..<300 {
      let task = Task { try await upstream.send(post(server.url, [1])).status }
      await upstream.respond()
      task.cancel()
      switch await task.result {
      case .success(let status): #expect(status == 200)
      case .failure(let error): #expect(error as? UpstreamError == .cancelled)
      }
    }
    #expect(upstream.inFlight == 0)
    await upstream.close()
  }

  @Test func closingFailsWhatIsUnderWayAndWhatComesLater() async throws {
    let silent = try Silent()
    let upstream = try client()
    let tasks = (0..<20).map { _ in Task { await upstream.failure(post(silent.server.url, [1])) } }
    try await silent.asked.heard()
    await upstream.close()
    for task in tasks { #expect(await task.value == .closed) }
    try await silent.ended.heard()
    #expect(await upstream.failure(post(silent.server.url, [1])) == .closed)
    #expect(upstream.inFlight == 0)
    await upstream.close()
    await upstream.respond()
  }

  @Test func severalMayCloseAtOnce() async throws {
    let upstream = try client()
    await withTaskGroup { group in
      for _ in 0..<8 { group.addTask { await upstream.close() } }
    }
    #expect(await upstream.failure(UpstreamRequest(url: "https://localhost/")) == .closed)
  }

  @Test func closingMayMeetNewRequestsAndCancellation() async throws {
    let server = try ScriptedServer { peer in
      while true {
        _ = try peer.request()
        try peer.answer()
      }
    }
    for _ in 0..<50 {
      let upstream = try client()
      await withTaskGroup { group in
        for number in 0..<8 {
          group.addTask { _ = try? await upstream.send(post(server.url, [UInt8(number)])) }
        }
        group.addTask { await upstream.close() }
        group.addTask { await upstream.respond() }
        group.cancelAll()
      }
      await upstream.close()
      #expect(upstream.inFlight == 0)
    }
  }

  @Test func aClientThatIsLetGoOfClosesItsConnections() async throws {
    let ended = Fact()
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer()
      peer.waitForEnd()
      ended.tell()
    }
    var upstream: Upstream? = try client()
    #expect(try await upstream?.send(UpstreamRequest(url: server.url)).text == "ok")
    upstream = nil
    try await ended.heard()
  }

  @Test func nothingIsLeftBehind() async {
    await #expect(processExitsWith: .success) {
      let silent = try Silent()
      let before = sockets()
      for _ in 0..<10 {
        let upstream = try client()
        let task = Task { await upstream.failure(post(silent.server.url, [1])) }
        _ = await upstream.failure(UpstreamRequest(url: "http://127.0.0.1:1/"))
        _ = await upstream.failure(UpstreamRequest(url: "https://router.invalid/"))
        await upstream.close()
        #expect(await task.value == .closed)
      }
      try await silent.ended.heard()
      // The server's ends go one by one, when it notices.
      while sockets() > before { await Task.yield() }
    }
  }

  @Test func lettingGoOfAClientWaitsForItsThread() async {
    await #expect(processExitsWith: .success) {
      let before = sockets()
      for _ in 0..<100 {
        var upstream: Upstream? = try client()
        await upstream?.respond()
        #expect(sockets() > before)
        upstream = nil
        #expect(sockets() == before)  // They go when the thread ends, and it has.
      }
    }
  }

  @Test func theThreadRespondsWhileItIsBusy() async throws {
    let silent = try Silent()
    let upstream = try client()
    let task = Task { await upstream.failure(post(silent.server.url, [1])) }
    try await silent.asked.heard()
    for _ in 0..<100 { await upstream.respond() }
    task.cancel()
    #expect(await task.value == .cancelled)
  }
}

/// The number of sockets that this process has open.
private func sockets() -> Int {
  (0..<1024).count { descriptor in
    var status = stat()
    return fstat(CInt(descriptor), &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}
