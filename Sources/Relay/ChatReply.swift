import Dialects
import HTTPTypes
import Listener
import Platform

/// When a waiting caller is told something.
public struct ReplyPacing: Sendable {
  /// How long the status of a stream is held back, so that an early failure is a real one.
  public var commitAfter: Duration
  /// From one heartbeat of a stream to the next.
  public var keepalive: Duration
  /// How long the status of a whole answer is held back.
  ///
  /// Node's `fetch` gives up on a head after 300 s.
  public var commitWholeAfter = Duration.seconds(200)
  /// From one blank before a whole answer to the next.
  public var wholeKeepalive = Duration.seconds(15)

  /// A pacing for streams; whole answers keep their own.
  public init(commitAfter: Duration, keepalive: Duration) {
    self.commitAfter = commitAfter
    self.keepalive = keepalive
  }
}

/// Brings the outcome of one exchange to its caller, whole or as events, and keeps the connection alive until then.
struct ChatReply {
  let dialect: any Dialect
  let request: DecodedRequest
  let reply: Reply
  let pacing: ReplyPacing
  let clock: any Clock<Duration>
  /// Header fields that every answer to this caller carries.
  let fields: HTTPFields
  /// Whether the caller looks for what OpenAI's API says in its header.
  let namesOpenAI: Bool
  /// How long ago the request arrived.
  let elapsed: @Sendable () -> Duration

  /// Brings it as events; `answered` is called when only writing is left.
  func stream(
    _ work: @escaping @Sendable () async -> ExchangeEnding, at now: Int, answered: () -> Void
  ) async throws(CallerGone) -> ExchangeEnding {
    var stream = request.encoder.stream(at: now)
    let waited = try await waiting(
      for: work, schedule: WaitSchedule(first: pacing.commitAfter, interval: pacing.keepalive), clock: clock
    ) { () async throws(CallerGone) in
      if reply.hasBegun {
        try await reply.write(stream.heartbeat())
      } else {
        try await reply.begin(.ok, streamFields(stream.contentType))
        try await reply.write(stream.opening())
      }
    }
    answered()
    // What the dialect has no words for is a failure, and a real status if nothing was said yet.
    let result = waited.result.flatMap { [stream] answer in
      stream.refusal(of: answer).map { .failure(FailedExchange(failure: .answer($0), wasTriedAgain: false)) }
        ?? .success(answer)
    }
    let ending = ExchangeEnding(result: result, report: waited.report)
    switch ending.result {
    case .success(let answer):
      await reply.keeps(answer.byteCount)
      if !reply.hasBegun { try await reply.begin(.ok, streamFields(stream.contentType, ending.report)) }
      try await stream.write(answer, at: time()) { (piece) async throws(CallerGone) in
        try await reply.write(piece)
      }
      try await reply.finish()
    case .failure(let failed) where reply.hasBegun:
      try await reply.write(stream.failure(failed.fault))
      try await reply.finish()
    case .failure(let failed):
      try await reply.send(fault(failed, ending.report))
    }
    return ending
  }

  /// Brings it as a whole; `answered` is called when only writing is left.
  func whole(
    _ work: @escaping @Sendable () async -> ExchangeEnding, answered: () -> Void
  ) async throws(CallerGone) -> ExchangeEnding {
    let schedule = WaitSchedule(first: pacing.commitWholeAfter, interval: pacing.wholeKeepalive)
    let ending = try await waiting(for: work, schedule: schedule, clock: clock) {
      () async throws(CallerGone) in
      if !reply.hasBegun { try await reply.begin(.ok, jsonFields()) }
      // White space before a JSON text is part of no client's answer (RFC 8259 section 2).
      try await reply.write([UInt8(ascii: " ")])
    }
    let encoded = encoded(ending)
    answered()
    switch encoded {
    case .success(let body) where reply.hasBegun:
      await reply.keeps(body.count)
      try await reply.write(body)
      try await reply.finish()
    case .success(let body):
      try await reply.send(OutboundAnswer(status: .ok, fields: jsonFields(ending.report), body: body))
    case .failure where reply.hasBegun:
      // The status is out; a body that ends early is the only failure that every client notices.
      await reply.abort()
    case .failure(let failed):
      try await reply.send(fault(failed, ending.report))
    }
    guard case .failure(let failed) = encoded else { return ending }
    return ExchangeEnding(result: .failure(failed), report: ending.report)
  }

  private func encoded(_ ending: ExchangeEnding) -> Result<[UInt8], FailedExchange> {
    ending.result.flatMap { answer in
      do throws(APIFault) { return .success(try request.encoder.encode(answer, at: time())) } catch {
        return .failure(FailedExchange(failure: .answer(error), wasTriedAgain: false))
      }
    }
  }

  private func time() -> AnswerTime { AnswerTime(seconds: WallClock.seconds(), elapsed: elapsed()) }

  private func fault(_ failed: FailedExchange, _ report: ExchangeReport) -> OutboundAnswer {
    .fault(failed.fault, in: dialect, adding: withReport(report, fields))
  }

  private func jsonFields(_ report: ExchangeReport? = nil) -> HTTPFields {
    withReport(report, fields.merging([.contentType: "application/json"]))
  }

  private func streamFields(_ contentType: String, _ report: ExchangeReport? = nil) -> HTTPFields {
    let stream: HTTPFields = [.contentType: contentType, .cacheControl: "no-cache", .accelBuffering: "no"]
    return withReport(report, fields.merging(stream))
  }

  private func withReport(_ report: ExchangeReport?, _ fields: HTTPFields) -> HTTPFields {
    var fields = fields
    if let report { fields[.serverTiming] = report.timing.headerValue }
    if let report, !report.leftOut.isEmpty { fields[.leftOut] = report.leftOutValue }
    if namesOpenAI {
      // The one version that there is.
      fields[.openAIVersion] = "2020-10-01"
      fields[.openAIProcessing] = "\(elapsed() / .milliseconds(1))".prefix { $0 != "." }.description
    }
    let chat = request.chats[0]
    if chat.model != chat.routerModel { fields[.routerModel] = chat.routerModel }
    return fields
  }
}

extension HTTPFields {
  func merging(_ others: HTTPFields) -> HTTPFields {
    var merged = self
    for field in others { merged.append(field) }
    return merged
  }
}
