import Platform
import Testing

@testable import Listener

/// What a connection does between the moment in which its room goes to another and the moment in which it hears of it.
@Suite struct GiveWayTests {
  private static let limits = ListenerLimits.with {
    ($0.bodyRoom, $0.bodyShare, $0.bodyPatience) = (100_000, 1000, .seconds(5))
  }
  private static let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"

  private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

  private static func used(_ connection: EmbeddedConnection) -> Int { connection.room.withLock { $0.used } }

  /// A connection whose room has gone to another, and which does not know it yet.
  private static func evicted() throws -> (slow: EmbeddedConnection, other: EmbeddedConnection) {
    let slow = try EmbeddedConnection(StubResponder(), limits: limits)
    let other = try EmbeddedConnection(StubResponder(), limits: limits, beside: slow)
    slow.receive(head + text(90_000))
    #expect(used(slow) == 89_000)
    other.wait(.seconds(6))
    other.receive(head + text(50_000))
    #expect(slow.sent().isEmpty && other.sent().isEmpty && used(slow) == 89_000 + 49_000)
    return (slow, other)
  }

  /// It is refused once, and nothing stays counted but what the other has; then not even that.
  private static func settles(_ pair: (slow: EmbeddedConnection, other: EmbeddedConnection)) throws {
    let answers = try pair.slow.answers()
    #expect(answers.map(\.status) == [503] && answers.map(\.text) == ["tooManyBodies(limit: 100000)"])
    #expect(used(pair.slow) == 49_000)
    #expect(pair.other.isOpen && pair.other.sent().isEmpty)
    pair.other.leave()
    #expect(used(pair.slow) == 0)
  }

  @Test func `it hears of it, and is refused`() throws {
    let pair = try Self.evicted()
    pair.slow.turn()
    try Self.settles(pair)
  }

  @Test(arguments: [1, 10_000])
  func `more of its body comes first, or all of it`(_ count: Int) throws {
    let pair = try Self.evicted()
    pair.slow.receive(Self.text(count))
    pair.slow.turn()
    try Self.settles(pair)
  }

  @Test func `its caller leaves first`() throws {
    let pair = try Self.evicted()
    pair.slow.leave()
    #expect(Self.used(pair.other) == 49_000)
    pair.slow.turn()
    pair.other.leave()
    #expect(Self.used(pair.other) == 0)
  }

  @Test func `its body turns out to be wrong first, and it is told that`() throws {
    let limits = Self.limits
    let slow = try EmbeddedConnection(StubResponder(), limits: limits)
    let other = try EmbeddedConnection(StubResponder(), limits: limits, beside: slow)
    slow.receive(
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n15f90\r\n" + Self.text(90_000))
    other.wait(.seconds(6))
    other.receive(Self.head + Self.text(50_000))
    slow.receive("no line end")
    slow.turn()
    #expect(try slow.answers().map(\.status) == [400])
    #expect(Self.used(slow) == 49_000)
  }
}
