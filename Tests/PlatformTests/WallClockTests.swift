import Platform
import Testing

@Suite struct WallClockTests {
  @Test(arguments: [
    (0, 5, 5), (5, 0, 0), (-5, .max, .max), (.min, .max, .max), (.max, .min, 0), (.min, 0, .max),
    (.min, .min, 0),
  ])
  func `a span is never negative and never traps`(_ start: Int, _ end: Int, _ expected: Int) {
    #expect(WallClock.span(from: start, to: end) == expected)
  }
}
