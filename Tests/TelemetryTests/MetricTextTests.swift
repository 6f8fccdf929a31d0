import Testing

@testable import Telemetry

@Suite struct MetricTextTests {
  private func text(_ families: MetricFamily..., as format: MetricText.Format) -> String {
    String(decoding: MetricText.text(families, as: format), as: UTF8.self)
  }

  private let asked = MetricFamily(
    "x_asked", .counter, help: "How often.",
    [.init(2, .init("how", "twice")), .init(0.5, .init("how", "half"))])

  @Test func `the older form names a counter by its samples`() {
    #expect(
      text(asked, as: .prometheus) == """
        # HELP x_asked_total How often.
        # TYPE x_asked_total counter
        x_asked_total{how="twice"} 2
        x_asked_total{how="half"} 0.5

        """)
  }

  @Test func `OpenMetrics names a counter without its suffix, says units and ends with EOF`() {
    let age = MetricFamily("x_age_seconds", .gauge, unit: "seconds", help: "How old.", value: 3)
    #expect(
      text(asked, age, as: .openMetrics) == """
        # HELP x_asked How often.
        # TYPE x_asked counter
        x_asked_total{how="twice"} 2
        x_asked_total{how="half"} 0.5
        # HELP x_age_seconds How old.
        # TYPE x_age_seconds gauge
        # UNIT x_age_seconds seconds
        x_age_seconds 3
        # EOF

        """)
  }

  @Test(arguments: MetricText.Format.allCases)
  func `a label's value cannot end its line or its quotes`(format: MetricText.Format) {
    let family = MetricFamily("x", .gauge, help: "h", [.init(1, .init("a", "\\\"\n\r\nx 9\n# EOF"))])
    let lines = text(family, as: format).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[2] == "x{a=\"\\\\\\\"\\n\r\\nx 9\\n# EOF\"} 1")
    #expect(lines.count == (format == .openMetrics ? 5 : 4))
  }

  @Test func `a family without samples is left out`() {
    #expect(text(MetricFamily("x", .gauge, help: "h", []), as: .prometheus) == "")
  }

  @Test(arguments: [
    (0, "0"), (-3, "-3"), (1.5, "1.5"), (1_800_000_000, "1800000000"), (1e300, "1e+300"),
    (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
  ])
  func `numbers are written as collectors read them`(value: Double, text: String) {
    #expect(MetricText.number(value) == text)
  }

  @Test func `OpenMetrics is given to those who name it`() {
    let prometheus = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    #expect(MetricText.Format(accept: prometheus) == .openMetrics)
    #expect(MetricText.Format(accept: "text/plain") == .prometheus)
    #expect(MetricText.Format(accept: nil) == .prometheus)
  }
}
