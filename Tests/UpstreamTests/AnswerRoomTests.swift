import Testing

@testable import Upstream

/// The room that all answers share.
@Suite(.timeLimit(.minutes(1))) struct AnswerRoomTests {
  private let free = AnswerRoom.free

  @Test func theFirstOfEachAnswerIsFree() {
    let room = AnswerRoom(limit: 10)
    let shares = (0..<100).map { _ in AnswerRoom.Share(room) }
    for share in shares { #expect(share.grow(to: free)) }
    #expect(shares[0].grow(to: free + 10))
    #expect(!shares[1].grow(to: free + 1))
    for share in shares { #expect(share.grow(to: free)) }
  }

  @Test func theRestIsSharedAndGivenBack() {
    let room = AnswerRoom(limit: 10)
    var first: AnswerRoom.Share? = AnswerRoom.Share(room)
    let second = AnswerRoom.Share(room)
    #expect(first?.grow(to: free + 4) == true)
    #expect(second.grow(to: free + 6))
    #expect(!second.grow(to: free + 7))
    #expect(first?.grow(to: free + 5) == false)
    // What it had is still its own, and no more than that is given back.
    #expect(first?.grow(to: free + 4) == true)
    first = nil
    #expect(second.grow(to: free + 10))
    let third = AnswerRoom.Share(room)
    #expect(!third.grow(to: free + 1))
  }

  @Test func whoIsRefusedMayGiveBackAtOnceAndDoesSoOnce() {
    let room = AnswerRoom(limit: 10)
    let first = AnswerRoom.Share(room)
    var second: AnswerRoom.Share? = AnswerRoom.Share(room)
    #expect(first.grow(to: free + 5) && second?.grow(to: free + 5) == true)
    #expect(second?.grow(to: free + 6) == false)
    second?.giveBack()
    #expect(first.grow(to: free + 9))
    second = nil
    let third = AnswerRoom.Share(room)
    #expect(third.grow(to: free + 1))
    #expect(!third.grow(to: free + 2))
  }

  @Test func anAnswerThatIsAloneAlwaysFindsRoom() {
    let room = AnswerRoom(limit: 10)
    let first = AnswerRoom.Share(room)
    #expect(first.grow(to: 1 << 40))
    let second = AnswerRoom.Share(room)
    #expect(!second.grow(to: free + 1))
    #expect(first.grow(to: 1 << 41))
  }

  @Test func theAnswersOfOneClientShareItsRoomUntilTheyAreLetGoOf() async throws {
    let body = String(repeating: "x", count: 300_000)
    let server = try ScriptedServer { peer in
      while true {
        let isSmall = try peer.request().head.contains("/small")
        try peer.answer(isSmall ? "small" : body)
      }
    }
    let upstream = try client { $0.answerRoom = 400_000 }
    let large = UpstreamRequest(url: server.url + "/large", responseLimit: 1 << 20)
    let small = UpstreamRequest(url: server.url + "/small", responseLimit: 1 << 20)
    var held: UpstreamResponse? = try await upstream.send(large)
    #expect(await upstream.failure(large) == .crowded(limit: 400_000))
    #expect(try await upstream.send(small).text == "small")
    #expect(held?.body.count == 300_000)
    held = nil
    #expect(try await upstream.send(large).body.count == 300_000)
    await upstream.close()
  }

  @Test(arguments: [false, true])
  func whatEndsEarlyGivesItsRoomBack(isCancelled: Bool) async throws {
    let asked = Fact()
    let body = String(repeating: "x", count: 300_000)
    let server = try ScriptedServer { peer in
      while try peer.request().head.contains("/whole") { try peer.answer(body) }
      try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 300001\r\n\r\n" + body)
      asked.tell()
      if isCancelled { peer.waitForEnd() }
    }
    let upstream = try client { $0.answerRoom = 300_000 }
    let half = UpstreamRequest(url: server.url + "/half", responseLimit: 1 << 20)
    let task = Task { await upstream.failure(half) }
    try await asked.heard()
    if isCancelled { task.cancel() }
    #expect(await task.value == (isCancelled ? .cancelled : .truncated))
    let whole = UpstreamRequest(url: server.url + "/whole", responseLimit: 1 << 20)
    let (first, second) = (try await upstream.send(whole), await upstream.failure(whole))
    #expect(first.body.count == 300_000 && second == .crowded(limit: 300_000))
    await upstream.close()
  }
}
