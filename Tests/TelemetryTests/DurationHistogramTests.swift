import Testing

@testable import Telemetry

@Suite struct DurationHistogramTests {
  private func values(_ histogram: DurationHistogram) -> [String: Double] {
    Dictionary(
      uniqueKeysWithValues: histogram.samples().map { ($0.labels.first?.value ?? $0.suffix, $0.value) })
  }

  @Test func `a duration counts in its class and in all above it, a bound in the class that it bounds`() {
    var histogram = DurationHistogram()
    for milliseconds in [1, 2, 5, 5] { histogram.observe(.milliseconds(milliseconds)) }
    let values = values(histogram)
    #expect(values["0.001"] == 1 && values["0.0025"] == 2 && values["0.005"] == 4 && values["900.0"] == 4)
    #expect(values["+Inf"] == 4 && values["_count"] == 4)
    #expect(abs((values["_sum"] ?? 0) - 0.013) < 1e-9)
  }

  @Test func `what is longer than the last bound counts in the last class only`() {
    var histogram = DurationHistogram()
    histogram.observe(.seconds(901))
    #expect(values(histogram)["900.0"] == 0 && values(histogram)["+Inf"] == 1)
  }

  @Test func `a negative duration takes nothing from the sum`() {
    var histogram = DurationHistogram()
    histogram.observe(.seconds(-5))
    #expect(values(histogram)["_sum"] == 0 && values(histogram)["0.001"] == 1)
  }

  @Test func `bounds grow`() {
    #expect(zip(DurationHistogram.bounds, DurationHistogram.bounds.dropFirst()).allSatisfy(<))
  }
}
