import Dialects
import HTTPTypes
public import Listener
public import Logging
import Platform
public import Telemetry
import Tokens

/// Answers every request that the listener takes in.
///
/// A request goes: `admit` (guard and route, before its body is read), `respond`, a dialect's `decode`, one or more
/// exchanges with the router, a `ChatReply`.
public final class ProxyResponder: Responder {
  /// What a reload replaces.
  struct Live {
    var context: ExchangeContext
    var catalog: ModelCatalog
    var configuration: RelayConfiguration
  }

  private let parts: Locked<Live>
  private let places = Places()
  private let readers = LargeBodies()
  private let opened = OpenedBodies()
  /// The description of the interface, without and with a token asked for, once somebody wanted it.
  let descriptions = Locked<[Bool: [UInt8]]>([:])
  let metrics: Metrics
  let logger: Logger
  let callers = CallerIdentity()
  let conversations = Conversations(uptime: ContinuousClock().stopwatch())
  /// What the description of the interface says of this program.
  let version: String
  /// Seconds since 1970.
  let startedAt = WallClock.seconds()

  /// A responder for one router.
  public init(
    context: ExchangeContext, catalog: ModelCatalog, configuration: RelayConfiguration,
    metrics: Metrics = Metrics(), version: String = "0", logger: Logger
  ) {
    self.version = version
    parts = Locked(Live(context: context, catalog: catalog, configuration: configuration))
    self.metrics = metrics
    self.logger = logger
    metrics.know(tokens: configuration.tokens?.names ?? [])
  }

  /// What is in force now.
  ///
  /// A request looks once: a reload between two looks would mix the old and the new.
  private var live: Live { parts.withLock { $0 } }

  /// Answers the requests that come from now on by these; those under way end as they began.
  public func adopt(context: ExchangeContext, catalog: ModelCatalog, configuration: RelayConfiguration) {
    metrics.know(tokens: configuration.tokens?.names ?? [])
    parts.withLock { $0 = Live(context: context, catalog: catalog, configuration: configuration) }
  }

  /// Guard first, then the token, then route, method, media type and size: what is refused here is refused before its body
  /// is read.
  ///
  /// A preflight carries no token and is answered before one is asked for.
  public func admit(_ head: RequestHead) -> Listener.Admission {
    let configuration = live.configuration
    if let refusal = configuration.access.refusal(for: head) {
      return .refuse(answer(refusal.fault(head), to: head))
    }
    if let preflight = configuration.access.preflightAnswer(to: head) { return .refuse(preflight) }
    do throws(APIFault) { _ = try configuration.caller(head, on: Route(path: head.path)) } catch {
      return .refuse(answer(error, to: head))
    }
    switch RouteChoice(
      head, isBrowser: configuration.access.isBrowser(head), limit: configuration.requestLimit)
    {
    case .receive(let limit): return .receive(bodyLimit: limit)
    case .refuse(let fault, let fields): return .refuse(answer(fault, to: head, adding: fields))
    }
  }

  /// What went wrong below HTTP's semantics, in the same shape as every other error.
  public func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    guard let head else {
      note(fault.fault, nil)
      return .fault(fault.fault, in: OpenAIChat(), adding: [:])
    }
    return answer(fault.fault, to: head)
  }

  /// Answers one request.
  public func respond(to request: InboundRequest, through reply: Reply) async {
    // A caller that has gone needs no answer, and what it cost is in the log already.
    do throws(CallerGone) { try await dispatch(request, reply) } catch {
      logger.debug("caller gone", metadata: ["id": "\(request.head.id)"])
    }
  }

  private func dispatch(_ request: InboundRequest, _ reply: Reply) async throws(CallerGone) {
    let (head, live) = (request.head, live)
    guard let route = Route(path: head.path) else {
      return try await reply.send(answer(.unknownRoute(head), to: head))
    }
    let caller: Caller
    // Looked at again: a reload since the head was let in counts.
    do throws(APIFault) { caller = try live.configuration.caller(head, on: route) } catch {
      return try await reply.send(answer(error, to: head))
    }
    metrics.requestArrived(token: caller.token)
    let limits = live.configuration.places(for: caller, waitingIn: live.context.router)
    var hold: Places.Hold
    do throws(Places.Shortage) {
      hold = try places.enter(of: route.isHealth ? Places.Limits(all: .max) : limits)
    } catch {
      return try await reply.send(answer(error.fault, to: head))
    }
    switch await prepared(route, request, caller, live) {
    case .answer(let answer):
      hold.giveBack()
      try await reply.send(answer)
    case .question(let call, let decoded):
      // Each exchange that runs or waits for its turn counts, also where several are one request.
      do throws(Places.Shortage) {
        try hold.widen(to: min(decoded.request.chats.count, ExchangeBatch.width), of: limits)
      } catch {
        return try await reply.send(answer(error.fault, to: head))
      }
      // Whoever reads its answer slowly keeps nobody else from being answered.
      try await exchange(call, decoded, reply) { hold.giveBack() }
    }
  }

  /// What is to be done for a request: ask the model, or send what is at hand.
  private enum Work {
    case question(Call, Call.Decoded)
    case answer(OutboundAnswer)
  }

  private func prepared(
    _ route: Route, _ request: InboundRequest, _ caller: Caller, _ live: Live
  ) async -> Work {
    do throws(APIFault) {
      let call = try await Call(route, request, from: caller, live, reading: readers, within: opened)
      if let load = call.load { return .answer(try await loaded(load, call)) }
      guard let dialect = try dialect(of: call) else { return .answer(try await localAnswer(to: call)) }
      let names = await live.catalog.knownNames(for: call.bearer)
      return .question(call, try await call.decoded(by: dialect, knowing: names))
    } catch {
      return .answer(answer(error, to: request.head))
    }
  }

  /// Forgets the conversations with chatbots that nobody has gone on with for long.
  public func forgetIdleConversations() { conversations.forgetIdle() }

  // MARK: What all answers share

  func answer(_ fault: APIFault, to head: RequestHead, adding fields: HTTPFields = [:]) -> OutboundAnswer {
    note(fault, head)
    var all = commonFields(head).merging(fields)
    // Every 401 says how to do better (RFC 9110 section 15.5.2); other schemes than this one are not understood.
    if fault.status == 401 { all[.wwwAuthenticate] = "Bearer" }
    return .fault(fault, in: head.errorDialect, adding: all)
  }

  /// One line for every request that got no exchange: its class, and nothing that its caller wrote.
  private func note(_ fault: APIFault, _ head: RequestHead?) {
    metrics.requestRefused(code: fault.code)
    var metadata: Logger.Metadata = ["code": "\(fault.code)", "status": "\(fault.status)"]
    if let head {
      metadata["id"] = "\(head.id)"
      if let route = Route(path: head.path) { metadata["route"] = "\(route.name)" }
      if let peer = head.peer.foreignAddress { metadata["peer"] = "\(peer)" }
      metadata.merge(live.configuration.knownCaller(head).metadata) { own, _ in own }
    }
    logger.info("request refused", metadata: metadata)
  }

  func commonFields(_ head: RequestHead) -> HTTPFields {
    var fields = live.configuration.access.corsFields(for: head)
    fields[.requestID] = head.id.description
    // Where Anthropic's SDKs look.
    if head.isAnthropic { fields[.anthropicRequestID] = head.id.description }
    return fields
  }
}
