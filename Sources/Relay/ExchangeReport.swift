/// What one exchange leaves for the header, the metrics and the log, however it went.
struct ExchangeReport: Sendable {
  /// Where its time went.
  var timing = ExchangeTiming()
  /// How often it was sealed and sent again.
  var retries = 0
  /// The client key that the answer was opened with.
  var generation: Int?

  /// The report of exchanges that ran side by side for one caller: the longest of each time.
  static func joined(_ reports: [ExchangeReport]) -> ExchangeReport {
    reports.reduce(into: ExchangeReport()) { joined, report in
      joined.timing.queue = max(joined.timing.queue, report.timing.queue)
      joined.timing.seal = max(joined.timing.seal, report.timing.seal)
      joined.timing.router = max(joined.timing.router, report.timing.router)
      joined.timing.open = max(joined.timing.open, report.timing.open)
      joined.retries += report.retries
      joined.generation = report.generation ?? joined.generation
    }
  }
}
