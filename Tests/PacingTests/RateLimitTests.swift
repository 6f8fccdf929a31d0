import Testing

@testable import Pacing

/// The router's limits (PROTOCOL.md section 5, "Rate limits") as transcripts; margin 0 unless it is the subject.
@Suite final class RateLimitTests {
  private var limit = RateLimit(PacingPolicy(margin: .zero))
  private var last = 0

  private func slot(_ milliseconds: Int) -> Int? {
    limit.nextSlot(at: .milliseconds(milliseconds))?.milliseconds
  }

  private func send(at milliseconds: Int) {
    last += 1
    limit.admitted(last, at: .milliseconds(milliseconds))
    limit.sent(last, at: .milliseconds(milliseconds))
  }

  @Test func `four may go at once, then two a second`() {
    for _ in 0..<4 {
      #expect(slot(0) == 0)
      send(at: 0)
    }
    #expect(slot(0) == 1000)
    #expect(slot(999) == 1000)
    send(at: 1000)
    #expect(slot(1000) == 1000)
    send(at: 1000)
    #expect(slot(1000) == 2000)
  }

  @Test func `the next burst comes a whole window after the last request of one`() {
    for moment in [0, 0, 300, 600] { send(at: moment) }
    for moment in stride(from: 2000, to: 10_000, by: 1000) {
      send(at: moment)
      send(at: moment)
      #expect(slot(moment) == moment + 1000)
    }
    // The third and the fourth of the burst count from 600 on.
    send(at: 10_000)
    send(at: 10_000)
    #expect(slot(10_000) == 11_000)
    send(at: 11_000)
    send(at: 11_000)
    #expect(slot(11_000) == 11_000)
    send(at: 11_000)
    send(at: 11_000)
    #expect(slot(11_000) == 12_000)
  }

  @Test func `a burst does not reach back before the end of the last window`() {
    for _ in 0..<4 { send(at: 0) }
    send(at: 9700)
    send(at: 9800)
    // At 10,000 a window is over, but a burst now would begin at 9,700.
    #expect(slot(9800) == 10_700)
    #expect(slot(10_000) == 10_700)
  }

  @Test func `extras of one burst fall into one second`() {
    send(at: 0)
    send(at: 500)
    send(at: 900)
    // The second began at 0 and is over; two were sent in the last one.
    #expect(slot(1000) == 1500)
  }

  @Test func `what was admitted and not sent counts until it is`() {
    limit.admitted(1, at: .zero)
    limit.admitted(2, at: .zero)
    limit.admitted(3, at: .zero)
    limit.admitted(4, at: .zero)
    #expect(slot(0) == nil)
    #expect(slot(60_000) == nil)
    limit.sent(1, at: .milliseconds(60_000))
    limit.sent(2, at: .milliseconds(60_000))
    #expect(slot(60_000) == nil)
    limit.sent(3, at: .milliseconds(60_200))
    // By then only the last one, whenever it is sent, can share a second with another.
    #expect(slot(60_200) == 61_200)
    limit.sent(4, at: .milliseconds(60_300))
    #expect(slot(60_300) == 61_200)
  }

  @Test func `what was never sent does not count`() {
    for number in 1...4 { limit.admitted(number, at: .zero) }
    for number in 1...4 { limit.ended(number) }
    #expect(slot(0) == 0)
    #expect(limit.isFresh(at: .seconds(1)))
  }

  @Test func `after a 429 there is no burst for a window`() {
    limit.exceeded(at: .zero)
    send(at: 0)
    send(at: 0)
    #expect(slot(0) == 1000)
    send(at: 9000)
    send(at: 9000)
    #expect(slot(9000) == 10_000)
    send(at: 10_000)
    send(at: 10_000)
    #expect(slot(10_000) == 10_000)
  }

  @Test func `a 429 in the midst of a burst ends it`() {
    for _ in 0..<3 { send(at: 0) }
    #expect(slot(100) == 100)
    limit.exceeded(at: .milliseconds(100))
    #expect(slot(100) == 1000)
  }

  @Test func `a burst no larger than the rate is none`() {
    limit = RateLimit(PacingPolicy(burst: 0, margin: .zero))
    send(at: 0)
    send(at: 0)
    #expect(slot(0) == 1000)
    #expect(slot(500_000) == 500_000)
  }

  @Test func `nothing a second means no limit`() {
    limit = RateLimit(PacingPolicy(perSecond: 0))
    for _ in 0..<100 {
      #expect(slot(0) == 0)
      send(at: 0)
    }
    #expect(limit.forecast(1000, from: .zero) == .zero)
  }

  @Test func `the margin lengthens the second and the window`() {
    limit = RateLimit(PacingPolicy(margin: .milliseconds(50)))
    for _ in 0..<4 { send(at: 0) }
    #expect(slot(0) == 1050)
    send(at: 9500)
    send(at: 9500)
    // A second burst must not hold those of 9,500.
    #expect(slot(10_050) == 10_550)
  }

  @Test func `the forecast is what happens`() {
    for _ in 0..<4 { send(at: 0) }
    let forecast = limit.forecast(100, from: .milliseconds(100))
    var time = 100
    for _ in 0..<100 {
      while let next = slot(time), next > time { time = next }
      send(at: time)
    }
    #expect(forecast.milliseconds == time)
  }

  @Test func `it is fresh again once nothing of the past matters`() {
    #expect(limit.isFresh(at: .zero))
    for _ in 0..<3 { send(at: 0) }
    #expect(!limit.isFresh(at: .seconds(2)))
    #expect(limit.isFresh(at: .seconds(10)))
  }

  @Test(arguments: [0, 50]) func `ten thousand requests keep the limits and waste little`(margin: Int) {
    var limit = RateLimit(PacingPolicy(margin: .milliseconds(margin)))
    var random = SplitMix(state: 7)
    var time = 0
    var sent: [Int] = []
    for number in 1...10_000 {
      while let next = limit.nextSlot(at: .milliseconds(time))?.milliseconds, next > time { time = next }
      limit.admitted(number, at: .milliseconds(time))
      // It takes a moment to seal.
      time += Int.random(in: 0...3, using: &random)
      limit.sent(number, at: .milliseconds(time))
      sent.append(time)
    }
    let count = RouterCount(perSecond: 2, burst: 4)
    #expect(count.highest(in: sent, within: 1000) == 4)
    #expect(count.highest(in: sent, within: 10_000) <= 22)
    #expect(count.faults(in: Array(sent.prefix(1500))) == [])
    // The router would allow 2.2 a second.
    #expect(Double(sent.count) / Double(time) * 1000 > (margin == 0 ? 2.1 : 2.0))
  }

  @Test func `the count that judges finds what is wrong`() {
    let count = RouterCount(perSecond: 2, burst: 4)
    #expect(count.faults(in: [0, 0, 0, 0, 1000, 1000, 2000, 2000]) == [])
    #expect(count.faults(in: [0, 0, 0, 0, 999]) != [])
    #expect(count.faults(in: [0, 0, 0, 5000, 5100, 5200]) != [])
    #expect(count.faults(in: [0, 500, 900, 1100, 1400, 1600]) != [])
    // A bucket of four that refills at two a second.
    #expect(count.faults(in: [0, 0, 0, 0, 2000, 2000, 2000, 2000]) != [])
  }
}
