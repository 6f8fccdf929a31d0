import NIOCore
import Testing

@testable import Listener

/// The clock of a body, as transcripts: 100 bytes in 20 seconds, and 5 seconds for the rest in a drain.
@Suite struct BodyClockTests {
  private var clock = BodyClock(
    .with { ($0.bodyTimeout, $0.bodyProgress, $0.bodyPatience) = (.seconds(20), 100, .seconds(5)) })

  private static func second(_ second: UInt64) -> NIODeadline { .uptimeNanoseconds(second * 1_000_000_000) }

  private mutating func begin(isDraining: Bool = false, at now: UInt64) -> TimeAmount {
    clock.begin(isDraining: isDraining, at: Self.second(now))
  }

  private mutating func look(isDraining: Bool = false, at now: UInt64) -> BodyClock.Verdict {
    clock.look(isDraining: isDraining, at: Self.second(now))
  }

  @Test mutating func `enough bytes buy another stretch, and too few none`() {
    #expect(begin(at: 0) == .seconds(20))
    clock.arrived(100)
    #expect(look(at: 20) == .wait(.seconds(20)))
    clock.arrived(99)
    #expect(look(at: 40) == .stalled)
    #expect(clock.count == 199)
  }

  @Test mutating func `in a drain there is one moment, whatever comes`() {
    #expect(begin(at: 0) == .seconds(20))
    #expect(begin(isDraining: true, at: 10) == .seconds(5))
    clock.arrived(10_000)
    #expect(begin(isDraining: true, at: 13) == .seconds(2))
    #expect(look(isDraining: true, at: 15) == .late)
  }

  @Test mutating func `a stretch that is shorter than the moment counts in a drain as well`() {
    clock = BodyClock(.with { ($0.bodyTimeout, $0.bodyPatience) = (.seconds(2), .seconds(5)) })
    #expect(begin(isDraining: true, at: 0) == .seconds(2))
    clock.arrived(2000)
    #expect(look(isDraining: true, at: 2) == .wait(.seconds(2)))
    clock.arrived(2000)
    #expect(look(isDraining: true, at: 4) == .wait(.seconds(1)))
    #expect(look(isDraining: true, at: 5) == .late)
    #expect(begin(isDraining: true, at: 0) == .seconds(2))
    #expect(look(isDraining: true, at: 2) == .stalled)
  }
}
