extension Metrics.State {
  /// The daemon's own metrics; results and phases that have not occurred are there with zero, so that a rate can be
  /// taken of the first one.
  var families: [MetricFamily] {
    typealias Sample = MetricFamily.Sample
    return [
      MetricFamily(
        "nomyo_proxy_exchanges", .counter,
        help: "Exchanges with the router that are over, by how they ended.",
        Metrics.ExchangeResult.allCases.map { Sample(Double(results[$0] ?? 0), .init("result", $0.rawValue)) }
      ),
      MetricFamily(
        "nomyo_proxy_exchanges_in_flight", .gauge, help: "Exchanges under way.", value: Double(inFlight)),
      MetricFamily(
        "nomyo_proxy_exchange_retries", .counter, help: "Attempts after the first, over all exchanges.",
        value: Double(retries)),
      MetricFamily(
        "nomyo_proxy_requests_refused", .counter, help: "Requests that got no exchange, by the error's code.",
        refusals.sorted { $0.key < $1.key }.map { Sample(Double($0.value), .init("code", $0.key)) }),
      MetricFamily(
        "nomyo_proxy_exchange_duration_seconds", .histogram, unit: "seconds",
        help: "From the arrival of a request to the end of its answer.", total.samples()),
      MetricFamily(
        "nomyo_proxy_exchange_phase_duration_seconds", .histogram, unit: "seconds",
        help: "Where the time of exchanges went, retries included.",
        Metrics.Phase.allCases.flatMap { phase in
          (phases[phase] ?? DurationHistogram()).samples([.init("phase", phase.rawValue)])
        }),
      MetricFamily(
        "nomyo_proxy_token_requests", .counter,
        help: "Requests that were let in, by the name of their token.",
        byToken(\.requests)),
      MetricFamily(
        "nomyo_proxy_token_exchanges", .counter,
        help: "Exchanges with the router that are over, by the name of their token.", byToken(\.exchanges)),
      MetricFamily(
        "nomyo_proxy_token_exchanges_in_flight", .gauge,
        help: "Exchanges under way, by the name of their token.", byToken(\.inFlight)),
    ]
  }

  private func byToken(_ count: KeyPath<Metrics.TokenCount, Int>) -> [MetricFamily.Sample] {
    tokens.sorted { $0.key < $1.key }.map { .init(Double($0.value[keyPath: count]), .init("token", $0.key)) }
  }
}
