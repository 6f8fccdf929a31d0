/// Where the time of one exchange went, over all its attempts.
struct ExchangeTiming: Sendable {
  /// Waiting for the router's key, and between attempts.
  var queue = Duration.zero
  /// Sealing.
  var seal = Duration.zero
  /// From sending to the last byte of the router's answer.
  var router = Duration.zero
  /// Opening, which is one RSA private operation and its wait for a processor.
  var open = Duration.zero

  /// The `Server-Timing` header, in milliseconds (W3C Server Timing).
  var headerValue: String {
    let parts = [("queue", queue), ("seal", seal), ("router", router), ("open", open)]
    return parts.map { "\($0);dur=\($1.milliseconds)" }.joined(separator: ", ")
  }
}

extension Duration {
  /// Milliseconds with three decimals, as text.
  var milliseconds: String {
    let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    let fraction = String(microseconds % 1000)
    return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
