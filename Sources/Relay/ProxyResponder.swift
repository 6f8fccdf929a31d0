import ClientKeys
import Dialects
import Envelope
import HTTPTypes
public import Listener
public import Logging
import Pacing
import Platform
import RouterTrust
public import Telemetry

/// Answers every request that the listener takes in.
///
/// A request goes: `admit` (guard and route, before its body is read), `respond`, a dialect's `decode`, an `Exchange`
/// with the router, a `ChatReply`.
public final class ProxyResponder: Responder {
  /// What a reload replaces.
  private struct Live {
    var context: ExchangeContext
    var catalog: ModelCatalog
    var configuration: RelayConfiguration
  }

  private let live: Locked<Live>
  private let metrics: Metrics
  private let logger: Logger
  private let dialect: any Dialect = OpenAIChat()
  private let inFlight = Locked(0)
  private let callers = CallerIdentity()

  /// A responder for one router.
  public init(
    context: ExchangeContext, catalog: ModelCatalog, configuration: RelayConfiguration,
    metrics: Metrics = Metrics(), logger: Logger
  ) {
    live = Locked(Live(context: context, catalog: catalog, configuration: configuration))
    self.metrics = metrics
    self.logger = logger
  }

  private var context: ExchangeContext { live.withLock { $0.context } }
  private var configuration: RelayConfiguration { live.withLock { $0.configuration } }

  /// Answers the requests that come from now on by these; those under way end as they began.
  public func adopt(context: ExchangeContext, catalog: ModelCatalog, configuration: RelayConfiguration) {
    live.withLock { $0 = Live(context: context, catalog: catalog, configuration: configuration) }
  }

  /// Guard first, then route, method, media type and size: what is refused here is refused before its body is read.
  public func admit(_ head: RequestHead) -> Listener.Admission {
    if let refusal = configuration.access.refusal(for: head) {
      return .refuse(answer(refusal.fault, to: head))
    }
    if let preflight = configuration.access.preflightAnswer(to: head) { return .refuse(preflight) }
    switch RouteChoice(
      head, isBrowser: configuration.access.isBrowser(head), limit: configuration.requestLimit)
    {
    case .receive(let limit): return .receive(bodyLimit: limit)
    case .refuse(let fault, let allow):
      var answer = answer(fault, to: head)
      if !allow.isEmpty { answer.fields[.allow] = allow.map(\.rawValue).joined(separator: ", ") }
      return .refuse(answer)
    }
  }

  /// What went wrong below HTTP's semantics, in the same shape as every other error.
  public func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    note(fault.fault, head)
    return .fault(fault.fault, in: dialect, adding: head.map(commonFields) ?? [:])
  }

  /// Answers one request.
  public func respond(to request: InboundRequest, through reply: Reply) async {
    let head = request.head
    // A caller that has gone needs no answer, and what it cost is in the log already.
    do {
      switch Route(path: head.path) {
      case .chatCompletions: try await chat(request, reply)
      case .models: try await reply.send(await withPlace(head) { await self.models(head) })
      case .model(let id): try await reply.send(await withPlace(head) { await self.model(id, head) })
      case .alive: try await reply.send(.json(Array(#"{"status":"alive"}"#.utf8), adding: commonFields(head)))
      case .ready: try await reply.send(await ready(head))
      case nil: try await reply.send(answer(.unknownRoute(head), to: head))
      }
    } catch { logger.debug("caller gone", metadata: ["id": "\(head.id)"]) }
  }

  // MARK: Chat

  private func chat(_ request: InboundRequest, _ reply: Reply) async throws(CallerGone) {
    let start = ContinuousClock.now
    guard let place = enter() else { return try await reply.send(answer(.tooManyInFlight, to: request.head)) }
    defer { place.leave() }
    // One look: a reload between two of them would mix the old and the new.
    let live = live.withLock { $0 }
    let (context, configuration) = (live.context, live.configuration)
    let decoded: DecodedRequest
    let tier: SecurityTier?
    do throws(APIFault) {
      decoded = try dialect.decode(request.body, under: configuration.policy)
      tier = try securityTier(request.head, decoded.chats[0], live.configuration)
    } catch {
      return try await reply.send(answer(error, to: request.head))
    }
    let patience = CallerPatience(request.head.fields)
    let limit = patience.limit(
      isStream: decoded.isStream, signsBeginAfter: configuration.pacing.commitWholeAfter,
      configured: configuration.responseTimeout)
    let bearer = bearer(request.head, configuration)
    let exchange = Exchange(
      context: context, request: decoded.chats[0], tier: tier, bearer: bearer,
      turn: turn(for: bearer, request.head),
      deadline: start.advanced(by: limit))
    metrics.exchangeBegan()
    let chatReply = ChatReply(
      dialect: dialect, request: decoded, reply: reply, pacing: patience.hurrying(configuration.pacing),
      clock: context.clock, fields: commonFields(request.head), elapsed: { start.duration(to: .now) })
    do {
      let outcome =
        if decoded.isStream {
          try await chatReply.stream({ await exchange.outcome() }, at: WallClock.seconds())
        } else {
          try await chatReply.whole({ await exchange.outcome() })
        }
      metrics.exchangeEnded(outcome.exchange.counted(outcome.result, total: start.duration(to: .now)))
      log(outcome, request.head, decoded, start)
    } catch {
      metrics.exchangeEnded(.init(result: .callerGone, total: start.duration(to: .now)))
      logger.info(
        "exchange",
        metadata: [
          "id": "\(request.head.id)", "result": "caller-gone",
          "total_ms": "\(start.duration(to: .now).milliseconds)",
        ])
      throw error
    }
  }

  /// The header's tier goes before the body's, and both before the configured one.
  private func securityTier(
    _ head: RequestHead, _ chat: ChatRequest, _ configuration: RelayConfiguration
  ) throws(APIFault) -> SecurityTier? {
    guard let name = head.fields[.securityTier] ?? chat.securityTier else {
      return configuration.securityTier
    }
    guard let tier = SecurityTier(rawValue: name) else {
      let known = SecurityTier.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidRequest(
        "invalid_security_tier", "The security tier must be one of \(known).", parameter: "security_tier")
    }
    return tier
  }

  private func bearer(_ head: RequestHead, _ configuration: RelayConfiguration) -> Credential? {
    configuration.apiKey.map(Credential.init) ?? Credential(from: head.fields)
  }

  /// Whose turn a request waits for, and under which key.
  private func turn(for bearer: Credential?, _ head: RequestHead) -> Turn {
    Turn(key: bearer?.keyID ?? .keyless) { [callers] in
      await callers.name(of: head).map(CallerID.peer) ?? .connection(head.connection)
    }
  }

  // MARK: Models and health

  private func models(for head: RequestHead) async throws(FailedExchange) -> [Model] {
    let live = live.withLock { $0 }
    let bearer = bearer(head, live.configuration)
    return try await live.catalog.models(for: bearer, turn: turn(for: bearer, head), at: .now)
  }

  private func models(_ head: RequestHead) async -> OutboundAnswer {
    do {
      return .json(
        OpenAIModels.list(try await models(for: head)),
        adding: commonFields(head))
    } catch { return answer(error.fault, to: head) }
  }

  private func model(_ id: String, _ head: RequestHead) async -> OutboundAnswer {
    do {
      let models = try await models(for: head)
      guard let model = models.first(where: { $0.id == id }) else {
        return answer(.unknownModel(id), to: head)
      }
      return .json(OpenAIModels.model(model), adding: commonFields(head))
    } catch { return answer(error.fault, to: head) }
  }

  private func ready(_ head: RequestHead) async -> OutboundAnswer {
    let readiness = Readiness(context.clientKeys.status, await context.routerKeys.status)
    return .json(
      readiness.json, status: readiness.isReady ? .ok : .serviceUnavailable, adding: commonFields(head))
  }

  // MARK: What all answers share

  private func answer(_ fault: APIFault, to head: RequestHead) -> OutboundAnswer {
    note(fault, head)
    return .fault(fault, in: dialect, adding: commonFields(head))
  }

  /// One line for every request that got no exchange: its class, and nothing that its caller wrote.
  private func note(_ fault: APIFault, _ head: RequestHead?) {
    metrics.requestRefused(code: fault.code)
    var metadata: Logger.Metadata = ["code": "\(fault.code)", "status": "\(fault.status)"]
    if let head { metadata["id"] = "\(head.id)" }
    logger.info("request refused", metadata: metadata)
  }

  private func commonFields(_ head: RequestHead) -> HTTPFields {
    configuration.access.corsFields(for: head).merging([.requestID: head.id.description])
  }

  private func log(
    _ outcome: ChatReply.Outcome, _ head: RequestHead, _ request: DecodedRequest,
    _ start: ContinuousClock.Instant
  ) {
    let exchange = outcome.exchange
    var metadata: Logger.Metadata = [
      "id": "\(head.id)", "stream": "\(request.isStream)", "retries": "\(exchange.retries)",
      "queue_ms": "\(exchange.timing.queue.milliseconds)",
      "seal_ms": "\(exchange.timing.seal.milliseconds)",
      "router_ms": "\(exchange.timing.router.milliseconds)",
      "open_ms": "\(exchange.timing.open.milliseconds)",
      "total_ms": "\(start.duration(to: .now).milliseconds)",
    ]
    if let generation = exchange.generation { metadata["generation"] = "\(generation)" }
    switch outcome.result {
    case .success:
      metadata["result"] = "answered"
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

  // MARK: Places

  /// A place among the exchanges at once, which its holder gives back.
  private struct Place {
    let inFlight: Locked<Int>
    func leave() { inFlight.withLock { $0 -= 1 } }
  }

  /// Answers with a place, or that there is none.
  private func withPlace(_ head: RequestHead, _ body: () async -> OutboundAnswer) async -> OutboundAnswer {
    guard let place = enter() else { return answer(.tooManyInFlight, to: head) }
    defer { place.leave() }
    return await body()
  }

  private func enter() -> Place? {
    // Those who wait for their turn have a limit of their own, and no part in this one.
    let limit = configuration.inFlightLimit + context.router.waiting
    let isFree = inFlight.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
    return isFree ? Place(inFlight: inFlight) : nil
  }
}

extension Exchange {
  /// Runs the exchange and says how it went.
  func outcome() async -> ChatReply.Outcome {
    var exchange = self
    let result: Result<ChatAnswer, FailedExchange>
    do throws(FailedExchange) { result = .success(try await exchange.run()) } catch {
      result = .failure(error)
    }
    return (result, exchange)
  }
}
