import Glibc
import Testing

@testable import Upstream

@Suite(.timeLimit(.minutes(1))) struct StallTests {
  private static func caught(_ steps: [(moves: Int, milliseconds: Int)]) -> [Bool] {
    var machine = StallMachine()
    return steps.map {
      machine.isCaught(CurlProgress(moves: $0.moves, spent: .milliseconds($0.milliseconds)))
    }
  }

  @Test func `a thread that works for a second without a call back is caught`() {
    #expect(Self.caught([(7, 0), (7, 600), (7, 999), (7, 1000)]) == [false, false, false, true])
  }

  @Test func `one that sleeps is not, however long`() {
    #expect(Self.caught([(7, 400), (7, 400), (7, 401), (7, 401)]) == [false, false, false, false])
  }

  @Test func `one that gets on with something is not, however much it works`() {
    #expect(Self.caught([(7, 0), (8, 900), (8, 1800), (9, 9000), (10, 99_000)]).allSatisfy { !$0 })
  }

  @Test func `one that stays caught is so again after another second of work`() {
    let steps = [(7, 0), (7, 1100), (7, 1200), (7, 2099), (7, 2100), (8, 9999), (8, 10_000)]
    #expect(Self.caught(steps) == [false, true, false, false, true, false, false])
  }

  /// Reads without end, as libcurl does, until there is nothing to read any more.
  @Test func `a thread that is caught in a connection comes out of it`() async throws {
    let upstream = try client()
    var both: [CInt] = [-1, -1]
    try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &both) == 0)
    let (ours, theirs) = (both[0], both[1])
    upstream.thread.sockets.opened(ours)
    upstream.watch.began()
    let deadline = ContinuousClock.now + .seconds(50)
    let lastRead = await withCheckedContinuation { continuation in
      upstream.thread.run {
        var byte: UInt8 = 0
        var count = -1
        while count != 0, ContinuousClock.now < deadline { count = read(ours, &byte, 1) }
        continuation.resume(returning: count)
      }
    }
    upstream.watch.ended()
    #expect(lastRead == 0)
    #expect(upstream.thread.sockets.close(ours) == 0 && close(theirs) == 0)
  }
}
