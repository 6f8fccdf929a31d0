import NIOCore
import Testing

@testable import Listener

/// The room for bodies, as transcripts: a capacity of 100 bytes and a patience of 5 seconds.
@Suite struct BodyRoomTests {
  private var room = BodyRoom<String>(capacity: 100, patience: .seconds(5))

  private static func second(_ second: UInt64) -> NIODeadline { .uptimeNanoseconds(second * 1_000_000_000) }

  private mutating func grow(_ owner: String, _ bytes: Int, since: UInt64 = 0, at now: UInt64) -> [String]? {
    room.grow(owner, to: bytes, since: Self.second(since), at: Self.second(now))
  }

  @Test mutating func `bodies grow until there is no room, and then nothing changes`() {
    #expect(grow("a", 40, at: 0) == [])
    #expect(grow("a", 60, at: 1) == [])
    #expect(grow("b", 40, at: 1) == [])
    #expect(room.used == 100)
    #expect(grow("c", 1, since: 2, at: 2) == nil)
    #expect(grow("a", 61, at: 2) == nil)
    #expect(room.used == 100)
  }

  @Test mutating func `what is released is free again, once`() {
    #expect(grow("a", 100, at: 0) == [])
    room.release("a")
    room.release("a")
    #expect(room.used == 0)
    #expect(grow("b", 100, at: 0) == [])
  }

  @Test mutating func `who has sent for too long gives way, the slowest first and no more than it takes`() {
    #expect(grow("second", 40, since: 1, at: 1) == [])
    #expect(grow("first", 30, since: 0, at: 1) == [])
    #expect(grow("third", 30, since: 2, at: 2) == [])
    #expect(grow("new", 50, since: 9, at: 9) == ["first", "second"])
    // What they have is there until they let go.
    #expect(room.used == 150)
    for owner in ["first", "second"] { room.release(owner) }
    #expect(room.used == 80)
  }

  @Test mutating func `nobody gives way where it would not help`() {
    #expect(grow("slow", 40, since: 0, at: 0) == [])
    #expect(grow("quick", 60, since: 9, at: 9) == [])
    #expect(grow("new", 50, since: 10, at: 10) == nil)
    #expect(room.used == 100)
  }

  @Test mutating func `who has sent for a short time does not give way, and nobody gives way to itself`() {
    #expect(grow("a", 100, since: 0, at: 0) == [])
    #expect(grow("b", 1, since: 5, at: 5) == nil)
    #expect(grow("a", 101, since: 0, at: 99) == nil)
  }

  @Test mutating func `who waits for the router does not give way`() {
    #expect(grow("a", 100, since: 0, at: 0) == [])
    #expect(room.callerWaits("a") == true)
    #expect(grow("b", 1, since: 99, at: 99) == nil)
    #expect(room.answer("c", of: 10, at: Self.second(99)) == [])
    #expect(room.used == 110)
  }

  @Test mutating func `an answer always finds room, and who is slowest gives way to it`() {
    #expect(grow("request", 50, since: 3, at: 3) == [])
    #expect(room.callerWaits("request") == true)
    #expect(room.answer("slow", of: 30, at: Self.second(4)) == [])
    #expect(grow("sender", 20, since: 5, at: 5) == [])
    #expect(room.answer("new", of: 10, at: Self.second(5)) == ["slow"])
    room.release("slow")
    #expect(room.used == 80)
  }

  @Test mutating func `an answer that is not taken gives way to bodies with its request`() {
    #expect(grow("a", 60, since: 0, at: 0) == [])
    #expect(room.callerWaits("a") == true)
    #expect(room.answer("a", of: 40, at: Self.second(10)) == [])
    #expect(grow("b", 50, since: 12, at: 12) == nil)
    #expect(grow("b", 50, since: 12, at: 16) == ["a"])
    room.release("a")
    #expect(room.used == 50)
  }

  @Test mutating func `who has to give way has to, whatever it does before it hears of it`() {
    #expect(grow("a", 100, since: 0, at: 0) == [])
    #expect(grow("b", 60, since: 6, at: 6) == ["a"])
    #expect(room.mustLeave("a") && !room.mustLeave("b"))
    #expect(grow("a", 101, since: 0, at: 6) == nil)
    #expect(room.callerWaits("a") == false)
    #expect(room.answer("a", of: 5, at: Self.second(6)) == [])
    #expect(room.held(by: "a") == 105 && room.used == 165)
    // Its bytes are in nobody's way, and nobody takes them twice.
    #expect(grow("c", 40, since: 7, at: 7) == [])
    #expect(grow("d", 1, since: 8, at: 8) == nil)
    room.release("a")
    #expect(room.used == 100 && !room.mustLeave("a"))
    // What comes after that is another exchange.
    #expect(grow("a", 1, since: 9, at: 9) == nil)
    #expect(grow("a", 1, since: 20, at: 20) == ["b"])
    #expect(room.callerWaits("a") == true)
  }
}
