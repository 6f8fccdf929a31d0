import Testing

@testable import Telemetry

@Suite struct MetricsTests {
  private func value(_ metrics: Metrics, _ name: String, _ label: String? = nil) -> Double? {
    metrics.families.first { $0.name == name }?.samples
      .first { label == nil || $0.labels.contains { $0.value == label } }?.value
  }

  @Test func `an exchange is in flight from its beginning to its end, and then counted once`() {
    let metrics = Metrics()
    metrics.exchangeBegan()
    metrics.exchangeBegan()
    #expect(metrics.totals.inFlight == 2)
    metrics.exchangeEnded(
      .init(result: .answered, total: .seconds(1), phases: [.seal: .milliseconds(1)], retries: 2))
    metrics.exchangeEnded(.init(result: .callerGone, total: .seconds(1)))
    var expected = Metrics.Totals()
    (expected.answered, expected.failed, expected.retries) = (1, 1, 2)
    #expect(metrics.totals == expected)
    #expect(value(metrics, "nomyo_proxy_exchanges", "answered") == 1)
    #expect(value(metrics, "nomyo_proxy_exchanges", "caller_gone") == 1)
    #expect(value(metrics, "nomyo_proxy_exchanges", "integrity") == 0)
    #expect(value(metrics, "nomyo_proxy_exchanges_in_flight") == 0)
    #expect(value(metrics, "nomyo_proxy_exchange_retries") == 2)
  }

  @Test func `only phases that an exchange went through are observed`() {
    let metrics = Metrics()
    metrics.exchangeBegan()
    metrics.exchangeEnded(.init(result: .unreachable, total: .seconds(1), phases: [.router: .seconds(1)]))
    let family = metrics.families.first { $0.name == "nomyo_proxy_exchange_phase_duration_seconds" }
    let counts = family?.samples.filter { $0.suffix == "_count" }.map { ($0.labels[0].value, $0.value) }
    #expect(counts?.map(\.0) == ["queue", "seal", "router", "open"])
    #expect(counts?.map(\.1) == [0, 0, 1, 0])
  }

  @Test func `refusals are counted by code, and the number of codes is bounded`() {
    let metrics = Metrics()
    for number in 0..<1000 { metrics.requestRefused(code: "code_\(number)") }
    metrics.requestRefused(code: "code_0")
    let family = metrics.families.first { $0.name == "nomyo_proxy_requests_refused" }
    #expect(family?.samples.count == Metrics.refusalCodeLimit + 1)
    #expect(value(metrics, "nomyo_proxy_requests_refused", "code_0") == 2)
    #expect(metrics.totals.refused == 1001)
  }

  @Test(arguments: ["", "a b", "A", "x\n", "é", String(repeating: "a", count: 49)])
  func `what is no code is no label`(text: String) {
    let metrics = Metrics()
    metrics.requestRefused(code: text)
    #expect(
      metrics.families.first { $0.name == "nomyo_proxy_requests_refused" }?.samples
        == [.init(1, .init("code", "other"))])
  }

  @Test func `nothing is lost between threads`() async {
    let metrics = Metrics()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 {
            metrics.exchangeBegan()
            metrics.exchangeEnded(.init(result: .answered, total: .zero))
            metrics.requestRefused(code: "c")
          }
        }
      }
    }
    #expect(metrics.totals.answered == 4000 && metrics.totals.refused == 4000 && metrics.totals.inFlight == 0)
  }

  @Test func `every name has the prefix and ends in its unit, and no family comes twice`() {
    let families = Metrics().families
    #expect(Set(families.map(\.name)).count == families.count)
    for family in families {
      #expect(family.name.hasPrefix("nomyo_proxy_") && !family.name.hasSuffix("_total"))
      #expect(family.unit.isEmpty || family.name.hasSuffix("_" + family.unit))
    }
  }
}
