import ClientKeys
import Pacing
import Platform
import RouterTrust
import Telemetry

/// The status as numbers, beside what `Metrics` counts.
extension DaemonStatus {
  /// Gauges and counters of keys, trust, memory and the process.
  ///
  /// What there is not (a key, a next rotation) has no sample.
  var metricFamilies: [MetricFamily] {
    processFamilies + clientKeyFamilies + routerKeyFamilies + pacingFamilies
  }

  private var processFamilies: [MetricFamily] {
    [
      gauge("nomyo_proxy_ready", help: "Whether a request can be sealed and its answer opened now.", isReady),
      seconds(
        "nomyo_proxy_start_time_seconds", help: "When the process started, in seconds since 1970.", startedAt),
      seconds("nomyo_proxy_uptime_seconds", help: "How long the process has run.", uptime),
      gauge("nomyo_proxy_memory_locked", help: "Whether no page can be swapped out.", memory.isLocked),
      gauge(
        "nomyo_proxy_memory_undumpable", help: "Whether core dumps and debuggers are shut out.",
        memory.isUndumpable),
    ]
  }

  private var clientKeyFamilies: [MetricFamily] {
    let current = clientKeys.current
    return [
      count(
        "nomyo_proxy_client_key_generation", help: "Number of the current client key, from 1.",
        current?.number),
      seconds(
        "nomyo_proxy_client_key_age_seconds", help: "Age of the current client key.",
        current.map { age(of: $0.createdAt) }),
      count(
        "nomyo_proxy_client_key_uses", help: "How often the current client key was announced.", current?.uses),
      seconds(
        "nomyo_proxy_client_key_next_rotation_seconds",
        help: "When the current client key is to be replaced, in seconds since 1970.", clientKeys.nextRotation
      ),
      count("nomyo_proxy_client_keys_pool", help: "Client keys made ahead.", clientKeys.pool),
      count(
        "nomyo_proxy_client_keys_pool_target", help: "Client keys wanted ahead (keys.pool).",
        clientKeys.poolTarget),
      count(
        "nomyo_proxy_client_keys_waiting", help: "Exchanges that wait for an unused client key.",
        clientKeys.waiting),
      count(
        "nomyo_proxy_client_keys_retiring", help: "Replaced client keys that exchanges in flight still hold.",
        clientKeys.retiring),
      MetricFamily(
        "nomyo_proxy_client_key_rotations", .counter,
        help: "How often a client key took the place of another.",
        value: Double(clientKeys.rotations)),
      gauge(
        "nomyo_proxy_client_key_failing",
        help: "Whether the last attempt to make or store a client key failed.",
        clientKeys.lastFailure != nil),
    ]
  }

  private var routerKeyFamilies: [MetricFamily] {
    [
      gauge(
        "nomyo_proxy_router_key_trusted", help: "Whether a key is known to seal for.",
        routerKey.trusted != nil),
      gauge(
        "nomyo_proxy_router_key_refused", help: "Whether the router shows a key that is not trusted.",
        routerKey.refused != nil),
      seconds(
        "nomyo_proxy_router_key_age_seconds", help: "How long ago the trusted key was last seen.",
        routerKey.age.map { Int($0.components.seconds) }),
      gauge(
        "nomyo_proxy_router_key_failing", help: "Whether the last look at the router's key brought none.",
        routerKey.lastFailure != nil),
    ]
  }

  private var pacingFamilies: [MetricFamily] {
    [
      count("nomyo_proxy_pacing_waiting", help: "Requests that wait for their turn.", pacing.waiting),
      count("nomyo_proxy_pacing_callers", help: "Callers of whom a request waits.", pacing.callers),
      count("nomyo_proxy_pacing_in_flight", help: "Requests that are at the router.", pacing.inFlight),
      MetricFamily(
        "nomyo_proxy_breaker_open", .gauge, help: "Whether nothing is sent, by cause.",
        BreakerCause.allCases.map {
          MetricFamily.Sample(pacing.cause == $0 ? 1 : 0, .init("cause", $0.rawValue))
        }),
      seconds(
        "nomyo_proxy_pacing_pause_seconds", help: "What is left of a pause that the router asked for.",
        pacing.pause.map { Int($0.components.seconds) }),
      MetricFamily(
        "nomyo_proxy_pacing_admitted", .counter, help: "Requests that got their turn.",
        value: Double(pacing.admitted)),
      MetricFamily(
        "nomyo_proxy_pacing_refused", .counter, help: "Requests that did not get their turn, by reason.",
        PacingRefusal.Reason.all.map(\.name).map {
          MetricFamily.Sample(Double(pacing.refused[$0] ?? 0), .init("reason", $0))
        }),
    ]
  }

  /// Wall clocks are set: never a negative age.
  private func age(of time: Int) -> Int { WallClock.span(from: time, to: takenAt) }

  private func gauge(_ name: StaticString, help: StaticString, _ isSo: Bool) -> MetricFamily {
    MetricFamily(name, .gauge, help: help, value: isSo ? 1 : 0)
  }

  private func count(_ name: StaticString, help: StaticString, _ value: Int?) -> MetricFamily {
    MetricFamily(name, .gauge, help: help, value.map { [.init(Double($0))] } ?? [])
  }

  private func seconds(_ name: StaticString, help: StaticString, _ value: Int?) -> MetricFamily {
    MetricFamily(name, .gauge, unit: "seconds", help: help, value.map { [.init(Double($0))] } ?? [])
  }
}

extension DaemonStatus.Exchanges {
  /// The sums as `Metrics` has them.
  init(_ totals: Metrics.Totals) {
    inFlight = totals.inFlight
    answered = totals.answered
    failed = totals.failed
    refused = totals.refused
    retries = totals.retries
    lastFailure = totals.lastFailure.map { .init(name: $0.result.rawValue, at: $0.at) }
  }
}
