import Dialects
import Envelope
import Foundation
import Pacing
import RouterTrust
import Sealing
import Testing
import Upstream

@testable import Relay

/// The page for operators says for every failure how it is retried and how it is answered; both are asked of the code.
///
/// `FAILURES_WRITE=1 swift test --filter FailurePageTests` writes the page.
@Suite struct FailurePageTests {
  private struct Row {
    let words: String
    let failure: ExchangeFailure
    var isMaximumTier = false

    init(_ words: String, _ failure: ExchangeFailure, isMaximumTier: Bool = false) {
      (self.words, self.failure, self.isMaximumTier) = (words, failure, isMaximumTier)
    }
  }

  private static let rows: [Row] =
    [
      Row("the router's name has no address", .unsent(.unresolved)),
      Row("nobody accepts the connection", .unsent(.unreachable)),
      Row("no connection within `router.connect_timeout`", .unsent(.connectTimedOut)),
      Row("the TLS handshake breaks off", .unsent(.handshake(""))),
      Row("the certificate is not trusted", .unsent(.tls(""))),
      Row("the connection breaks after the request began to go out", .transport(.disconnected)),
      Row("the answer breaks off", .transport(.truncated)),
      Row("no answer before the deadline", .transport(.responseTimedOut)),
      Row("the answer is larger than `limits.response`", .transport(.tooLarge(limit: 1))),
      Row(
        "the answers that are coming would take more than `limits.bodies` together",
        .transport(.crowded(limit: 1))),
      Row("the answer is no acceptable HTTP", .transport(.protocolFault)),
    ] + statuses + answers + own

  private static let statuses: [Row] =
    [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504, 418].map { status in
      Row("the router answers \(status)\(status == 418 ? " or any other status" : "")", refused(status))
    } + [
      Row("the router answers 503 to the tier `maximum`", refused(503), isMaximumTier: true),
      Row("the router answers 429 with a `Retry-After` over 30 s", refused(429, after: .seconds(60))),
      Row("the router answers 503 with a `Retry-After` over 30 s", refused(503, after: .seconds(60))),
    ]

  private static let answers: [Row] = [
    Row("the envelope cannot be opened, or is not for this request", .integrity(.shape)),
    Row("the answer names another security tier", .integrity(.securityTier)),
    Row(
      "the answer is authentic and no completion",
      .answer(
        APIFault(status: 502, type: "server_error", code: "upstream_answer", message: "", shouldRetry: nil))),
    Row("the router's key cannot be fetched: no connection", .keyUnavailable(.transport(.unreachable))),
    Row("the router's key cannot be fetched: time-out", .keyUnavailable(.transport(.responseTimedOut))),
    Row("the router's key cannot be fetched: a status such as 404", .keyUnavailable(.status(404))),
    Row("the router's key is no RSA key, or too short", .keyRefused(.notRSA)),
  ]

  private static let own: [Row] =
    [
      Row("the first client key cannot be made", .notReady),
      Row("no unused client key in time", .keyShortage),
      Row("the request is larger than the protocol allows", .tooLarge(bytes: 1, limit: 0)),
      Row("the caller's deadline passes before anything was sent", .deadlinePassed),
      held("every place in the queue is taken", .queueFull),
      held("the turn would come after `router.rate.max_wait`", .waitTooLong),
      held("the router asked for a pause that is longer than the request may wait", .paused),
      held("the breaker is open: cool-down", .breaker(.coolDown)),
      held("the breaker is open: the key was refused within the last 5 s", .breaker(.unauthorized)),
      held("the breaker is open: no connection for over 10 s", .breaker(.unreachable)),
      held("the breaker is open: 503 again and again for over 10 s", .breaker(.unavailable)),
      Row("the daemon stops before the answer is there", .cancelled),
      Row("the daemon fails on its own account", .local("")),
    ]

  private static func refused(_ status: Int, after wait: Duration? = nil) -> ExchangeFailure {
    .status(RouterRefusal(status: status, detail: nil, retryAfter: wait))
  }

  private static func held(_ words: String, _ reason: PacingRefusal.Reason) -> Row {
    Row(words, .held(PacingRefusal(reason, retryAfter: .seconds(9))))
  }

  // MARK: What the code says

  /// How often it is tried again when it happens every time, asked of the machine that decides.
  private static func retries(_ row: Row) -> String {
    func retries(limit: Int) -> (counted: Int, lasting: Duration) {
      var machine = RetryMachine(limit: limit, isMaximumTier: row.isMaximumTier)
      var now = Duration.zero
      while case .retry(let wait) = machine.attemptFailed(
        row.failure.asAttemptFailure, at: now, timeLeft: .seconds(900), jitter: 0.5)
      { now += wait }
      return (machine.retries, now)
    }
    let (few, many) = (retries(limit: 2), retries(limit: 9))
    switch (few.counted, many.counted) {
    case (0, 0) where many.lasting > .zero:
      return "for \((many.lasting / .seconds(1)).rounded(.down).formatted()) s"
    case (0, 0): return "no"
    case (1, 1): return "once"
    case (2, 9): return "up to `router.retries`"
    case let other: return "\(other)"
    }
  }

  private static func line(_ row: Row) -> String {
    let fault = FailedExchange(failure: row.failure, wasTriedAgain: false).fault
    let again = FailedExchange(failure: row.failure, wasTriedAgain: true).fault
    let retried = retries(row)
    let isFinal = fault.shouldRetry == false || retried != "no" && again.shouldRetry == false
    let after = fault.retryAfter == nil ? "" : ", `retry-after`"
    return
      "| \(row.words) | \(retried) | \(fault.status) `\(fault.code)`\(after)\(isFinal ? ", `x-should-retry: false`" : "") |"
  }

  private static var table: String {
    (["| what happens | tried again | answered |", "|---|---|---|"] + rows.map(line)).joined(separator: "\n")
  }

  @Test func `the page for operators says for every failure what the code does`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/operations.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    let from = try #require(text.range(of: "<!-- failures -->\n")).upperBound
    let to = try #require(text.range(of: "\n<!-- end of failures -->")).lowerBound
    if ProcessInfo.processInfo.environment["FAILURES_WRITE"] != nil {
      try text.replacingCharacters(in: from..<to, with: Self.table).write(
        to: page, atomically: true, encoding: .utf8)
    } else {
      #expect(String(text[from..<to]) == Self.table)
    }
  }

  @Test func `no integrity failure is ever tried again`() {
    for cause in EnvelopeFault.Cause.allCases {
      #expect(Self.retries(Row("", .integrity(cause))) == "no")
    }
  }
}
