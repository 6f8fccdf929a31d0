import Dialects
import HTTPTypes
import Listener
import Logging
import Pacing
import Platform
import Telemetry

/// Requests that ask the model.
extension ProxyResponder {
  /// Asks the router and brings its answer to the caller; calls `answered` in between.
  func exchange(
    _ call: Call, _ decoded: Call.Decoded, _ reply: Reply, answered: () -> Void
  ) async throws(CallerGone) {
    let (configuration, request) = (call.live.configuration, decoded.request)
    let patience = CallerPatience(call.head.fields)
    let limit = patience.limit(
      isStream: request.isStream, signsBeginAfter: configuration.pacing.commitWholeAfter,
      configured: configuration.responseTimeout)
    let turn = turn(of: call)
    let work = ExchangeBatch.work(
      of: request.chats.map { chat in
        Exchange(
          context: call.live.context, request: chat, mayReduce: configuration.policy.members == .auto,
          tier: decoded.tier, bearer: call.bearer, turn: turn, deadline: call.arrived.advanced(by: limit))
      })
    metrics.exchangeBegan(token: call.caller.token)
    let chatReply = ChatReply(
      dialect: decoded.dialect, request: request, reply: reply,
      pacing: patience.hurrying(configuration.pacing), clock: call.live.context.clock,
      fields: commonFields(call.head), namesOpenAI: call.route.isOpenAI,
      elapsed: { call.arrived.duration(to: .now) })
    do {
      let ending =
        if request.isStream {
          try await chatReply.stream(work, at: WallClock.seconds(), answered: answered)
        } else {
          try await chatReply.whole(work, answered: answered)
        }
      let total = call.arrived.duration(to: .now)
      metrics.exchangeEnded(
        ending.report.counted(ending.result, total: total), token: call.caller.token)
      log(ending, call, decoded, total)
      if ending.report.hasLearned {
        logger.warning(
          "the router refuses members that it does not document: they are left out for this key and model",
          metadata: ["id": "\(call.head.id)", "members": "\(ending.report.leftOut.count)"])
      }
    } catch {
      let total = call.arrived.duration(to: .now)
      metrics.exchangeEnded(.init(result: .callerGone, total: total), token: call.caller.token)
      let gone: Logger.Metadata = [
        "id": "\(call.head.id)", "route": "\(call.route.name)", "result": "caller-gone",
        "total_ms": "\(total.milliseconds)",
      ]
      logger.info("exchange", metadata: gone.merging(call.caller.metadata) { own, _ in own })
      throw error
    }
  }

  /// Whose turn a request waits for, and under which key.
  func turn(of call: Call) -> Turn {
    Turn(key: call.bearer?.keyID ?? .keyless) { [callers] in
      if let token = call.caller.token { return .token(token) }
      return await callers.name(of: call.head).map(CallerID.peer) ?? .connection(call.head.connection)
    }
  }

  private func log(_ ending: ExchangeEnding, _ call: Call, _ decoded: Call.Decoded, _ total: Duration) {
    let report = ending.report
    var metadata: Logger.Metadata = [
      "id": "\(call.head.id)", "route": "\(call.route.name)", "stream": "\(decoded.request.isStream)",
      "retries": "\(report.retries)",
      "queue_ms": "\(report.timing.queue.milliseconds)",
      "seal_ms": "\(report.timing.seal.milliseconds)",
      "router_ms": "\(report.timing.router.milliseconds)",
      "open_ms": "\(report.timing.open.milliseconds)",
      "total_ms": "\(total.milliseconds)",
    ]
    metadata.merge(call.caller.metadata) { own, _ in own }
    if let generation = report.generation { metadata["generation"] = "\(generation)" }
    switch ending.result {
    case .success:
      metadata["result"] = "answered"
      metadata["status"] = "200"
      logger.info("exchange", metadata: metadata)
    case .failure(let failed):
      metadata["result"] = "\(failed.failure.logClass)"
      metadata["status"] = "\(failed.fault.status)"
      // The caller is told that the log has the details.
      if case .local(let detail) = failed.failure { metadata["detail"] = "\(detail)" }
      // Nobody is there to hear it, and nobody is to blame.
      let isCancelled = if case .cancelled = failed.failure { true } else { false }
      logger.log(level: isCancelled ? .info : .warning, "exchange", metadata: metadata)
    }
  }
}
