/// What one exchange leaves for the header, the metrics and the log, however it went.
struct ExchangeReport: Sendable {
  /// Where its time went.
  var timing = ExchangeTiming()
  /// How often it was sealed and sent again.
  var retries = 0
  /// The client key that the answer was opened with.
  var generation: Int?
  /// The members that were left out because the router refuses what it does not document.
  var leftOut: [String] = []
  /// Whether that is new.
  var hasLearned = false

  /// The report of exchanges that ran side by side for one caller: the longest of each time.
  static func joined(_ reports: [ExchangeReport]) -> ExchangeReport {
    reports.reduce(into: ExchangeReport()) { joined, report in
      joined.timing.queue = max(joined.timing.queue, report.timing.queue)
      joined.timing.seal = max(joined.timing.seal, report.timing.seal)
      joined.timing.router = max(joined.timing.router, report.timing.router)
      joined.timing.open = max(joined.timing.open, report.timing.open)
      joined.retries += report.retries
      joined.generation = report.generation ?? joined.generation
      if joined.leftOut.isEmpty { joined.leftOut = report.leftOut }
      joined.hasLearned = joined.hasLearned || report.hasLearned
    }
  }
}

extension ExchangeReport {
  /// The members that were left out as a header has them: names that can stand there, and not too many.
  var leftOutValue: String {
    let isPlain: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    let names = leftOut.prefix(16).map { $0.allSatisfy(isPlain) && $0.utf8.count <= 64 ? $0 : "?" }
    return names.joined(separator: ", ") + (leftOut.count > 16 ? ", ..." : "")
  }
}
