import ClientKeys
import Dialects
import Envelope
import HTTPTypes
import Pacing
import Platform
import RouterTrust
import Sealing
import Upstream

/// One request on its way to the router and its answer on the way back, retries included.
struct Exchange: Sendable {
  let context: ExchangeContext
  private(set) var request: ChatRequest
  /// Whether members that the router does not document may be left out for a router that refuses them.
  let mayReduce: Bool
  let tier: SecurityTier?
  let bearer: Credential?
  let turn: Turn
  let deadline: ContinuousClock.Instant

  private(set) var report = ExchangeReport()
  private var hasLookedAtKeyAgain = false

  init(
    context: ExchangeContext, request: ChatRequest, mayReduce: Bool = false, tier: SecurityTier?,
    bearer: Credential?, turn: Turn, deadline: ContinuousClock.Instant
  ) {
    self.context = context
    self.request = request
    self.mayReduce = mayReduce
    self.tier = tier
    self.bearer = bearer
    self.turn = turn
    self.deadline = deadline
  }

  /// Tries until there is an answer or no sense in trying again.
  mutating func run() async throws(FailedExchange) -> ChatAnswer {
    let start = context.uptime()
    var machine = RetryMachine(limit: context.retries, isMaximumTier: tier == .maximum)
    while true {
      do throws(ExchangeFailure) {
        return try await attempt()
      } catch {
        let decision = machine.attemptFailed(
          error.asAttemptFailure, at: context.uptime() - start,
          timeLeft: ContinuousClock.now.duration(to: deadline), jitter: .random(in: 0...1))
        report.retries = machine.retries
        let failed = FailedExchange(failure: error, wasTriedAgain: machine.hasTriedAgain)
        guard case .retry(let wait) = decision else { throw failed }
        do { try await context.clock.sleep(for: wait) } catch {
          throw FailedExchange(failure: .cancelled, wasTriedAgain: machine.hasTriedAgain)
        }
        report.timing.queue += wait
      }
    }
  }

  /// One attempt: send, open.
  ///
  /// There are two ways back: a router whose key is no longer the one that the request was sealed for, and one that
  /// refuses what it does not document.
  private mutating func attempt() async throws(ExchangeFailure) -> ChatAnswer {
    let subject = MemberTolerance.Subject(key: turn.key, model: request.routerModel)
    if mayReduce, context.tolerance({ $0.isStrict(subject, at: $1) }) { reduce() }
    var posted = try await post()
    if try await isKeyChanged(after: posted) { posted = try await post() }
    guard posted.response.status == 400, mayReduce, context.tolerance({ $0.mayTry(subject, at: $1) }),
      reduce()
    else {
      return try await open(posted)
    }
    posted = try await post()
    if posted.response.status == 400 { context.tolerance { $0.didNotHelp(subject, at: $1) } }
    let answer = try await open(posted)
    report.hasLearned = context.tolerance { $0.helped(subject, at: $1) }
    return answer
  }

  /// Leaves out what the router does not document; false if that changes nothing.
  @discardableResult
  private mutating func reduce() -> Bool {
    guard let reduced = request.documentedOnly() else { return false }
    report.leftOut = reduced.leftOut
    request = reduced.request
    return true
  }

  /// One envelope there and back, left to right: keys, turn, seal, send.
  ///
  /// Who waits for the router's key must not hold a turn meanwhile, which the fetch of the key may need. A client key is
  /// taken when the turn has come, because it may be the only one. The router's key must be trusted at the moment of
  /// sending; if it is not any more, the turn is given back.
  private mutating func post() async throws(ExchangeFailure) -> Posted {
    while true {
      _ = try await queued { exchange throws(ExchangeFailure) in try await exchange.routerKey() }
      let admission = try await queued { exchange throws(ExchangeFailure) in try await exchange.admitted() }
      let generation = try await queued { exchange throws(ExchangeFailure) in try await exchange.clientKey() }
      guard let routerKey = await context.routerKeys.knownKey else { continue }
      let sealed = try seal(for: routerKey, announcing: generation)
      return Posted(
        request: sealed, routerKey: routerKey, response: try await send(sealed, by: admission))
    }
  }

  /// What was sent, for which key, and what came back.
  private struct Posted {
    let request: SealedRequest
    let routerKey: RouterKey
    let response: UpstreamResponse
  }
}

// MARK: - Waiting

extension Exchange {
  /// Counts the time of `step` as waiting.
  private mutating func queued<Result>(
    _ step: (Exchange) async throws(ExchangeFailure) -> Result
  ) async throws(ExchangeFailure) -> Result {
    let start = ContinuousClock.now
    defer { report.timing.queue += start.duration(to: .now) }
    return try await step(self)
  }

  private func routerKey() async throws(ExchangeFailure) -> RouterKey {
    if let key = await context.routerKeys.knownKey { return key }
    let keys = context.routerKeys
    return try await within(deadline) { () async throws(ExchangeFailure) in
      do { return try await keys.current() } catch { throw ExchangeFailure(fetching: error) }
    }
  }

  private func admitted() async throws(ExchangeFailure) -> Admission {
    do { return try await context.router.turn(of: turn, until: deadline) } catch {
      throw ExchangeFailure(held: error)
    }
  }

  /// The key pair to announce.
  ///
  /// Every envelope counts as a use of one, so that with `keys.max_uses` 1 not even two attempts share a pair.
  private func clientKey() async throws(ExchangeFailure) -> KeyGeneration {
    do { return try await context.clientKeys.announce(until: deadline) } catch {
      throw ExchangeFailure(announcing: error)
    }
  }

  /// Whether a rejection can be explained by a new key of the router's, which is then known.
  ///
  /// Looked for once in an exchange.
  ///
  /// No source says how a router rejects an envelope for an old key (PROTOCOL.md section 10): 400 is what its client
  /// expects, 422 and 500 are what such frameworks give.
  private mutating func isKeyChanged(after posted: Posted) async throws(ExchangeFailure) -> Bool {
    guard [400, 422, 500].contains(posted.response.status), !hasLookedAtKeyAgain else { return false }
    hasLookedAtKeyAgain = true
    let (keys, used) = (context.routerKeys, posted.routerKey)
    return try await queued { exchange throws(ExchangeFailure) in
      try await within(exchange.deadline) { () async throws(ExchangeFailure) in
        do { return try await keys.replacement(for: used) != nil } catch let refusal as UntrustedRouterKey {
          throw .keyUntrusted(refusal)
        } catch let refusal as KeyDocumentError {
          // What the router shows now is no key to seal for, and that is why it rejects.
          throw .keyRefused(refusal)
        } catch {
          // A key that cannot be fetched now explains nothing: the rejection stands.
          return false
        }
      }
    }
  }
}

// MARK: - Doing

extension Exchange {
  private mutating func seal(
    for routerKey: RouterKey, announcing generation: KeyGeneration
  ) throws(ExchangeFailure) -> SealedRequest {
    let start = ContinuousClock.now
    defer { report.timing.seal += start.duration(to: .now) }
    let plaintext = context.padsRequests ? SizeClass.padded(request.plaintext) : request.plaintext
    do {
      return SealedRequest(
        payloadID: try .random(), generation: generation,
        envelope: try Envelope.seal(request: plaintext, for: routerKey.publicKey))
    } catch EnvelopeSealError.tooLarge(let bytes, let limit) {
      throw .tooLarge(bytes: bytes, limit: limit)
    } catch { throw .local("\(error)") }
  }

  private mutating func send(
    _ sealed: SealedRequest, by admission: Admission
  ) async throws(ExchangeFailure) -> UpstreamResponse {
    let start = ContinuousClock.now
    defer { report.timing.router += start.duration(to: .now) }
    do {
      return try await context.router.complete(
        sealed, tier: tier, bearer: bearer, timeout: start.duration(to: deadline), admission: admission)
    } catch {
      if error == .cancelled { throw .cancelled }
      throw admission.isSent ? .transport(error) : .unsent(error)
    }
  }

  private mutating func open(_ posted: Posted) async throws(ExchangeFailure) -> ChatAnswer {
    guard posted.response.status == 200 else {
      let refusal = RouterRefusal(posted.response)
      throw UnknownModel(refusal, of: request).map { .unknownModel($0) } ?? .status(refusal)
    }
    let start = ContinuousClock.now
    defer { report.timing.open += start.duration(to: .now) }
    // What it takes of the room for answers is taken until it is open.
    defer { withExtendedLifetime(posted.response) {} }
    let sealed = posted.request
    let opened: OpenedEnvelope
    do {
      opened = try await context.workers.run { [tier] in
        try Envelope.open(
          response: posted.response.body, with: sealed.generation.privateKey, payloadID: sealed.payloadID,
          tier: tier)
      }
    } catch let fault as EnvelopeFault {
      throw .integrity(fault.cause)
    } catch { throw .cancelled }
    report.generation = sealed.generation.number
    do { return try ChatAnswer(document: opened.document, object: opened.object) } catch {
      throw .answer(error)
    }
  }
}
