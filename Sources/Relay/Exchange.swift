public import ClientKeys
import Dialects
import Envelope
import HTTPTypes
import Pacing
public import Platform
public import RouterTrust
import Sealing
import Upstream

/// What every exchange works with.
public struct ExchangeContext: Sendable {
  let router: RouterClient
  let routerKeys: RouterKeyCache
  let clientKeys: ClientKeyRing
  let workers: WorkerThreads
  let retries: Int
  let padsRequests: Bool
  let clock: any Clock<Duration>

  /// - Parameters:
  ///   - workers: Where answers are opened; their number is how many RSA operations run at once.
  ///   - retries: The most retries for one exchange.
  ///   - padsRequests: Whether the length of a prompt is hidden in a size class.
  ///   - clock: What is waited by: between attempts, and for the moments when a caller is told something.
  public init(
    router: RouterClient, routerKeys: RouterKeyCache, clientKeys: ClientKeyRing, workers: WorkerThreads,
    retries: Int, padsRequests: Bool = true, clock: any Clock<Duration> = ContinuousClock()
  ) {
    self.router = router
    self.routerKeys = routerKeys
    self.clientKeys = clientKeys
    self.workers = workers
    self.retries = retries
    self.padsRequests = padsRequests
    self.clock = clock
  }
}

/// One request on its way to the router and its answer on the way back, retries included.
struct Exchange: Sendable {
  let context: ExchangeContext
  let request: ChatRequest
  let tier: SecurityTier?
  let bearer: Credential?
  let deadline: ContinuousClock.Instant

  private(set) var timing = ExchangeTiming()
  private(set) var retries = 0
  /// The client key that the answer was opened with.
  private(set) var generation: Int?
  private var hasLookedAtKeyAgain = false

  init(
    context: ExchangeContext, request: ChatRequest, tier: SecurityTier?, bearer: Credential?,
    deadline: ContinuousClock.Instant
  ) {
    self.context = context
    self.request = request
    self.tier = tier
    self.bearer = bearer
    self.deadline = deadline
  }

  /// Tries until there is an answer or no sense in trying again.
  mutating func run() async throws(FailedExchange) -> ChatAnswer {
    var machine = RetryMachine(limit: context.retries, isMaximumTier: tier == .maximum)
    while true {
      do throws(ExchangeFailure) {
        return try await attempt()
      } catch {
        let decision = machine.attemptFailed(
          error.asAttemptFailure, timeLeft: ContinuousClock.now.duration(to: deadline),
          jitter: .random(in: 0...1))
        retries = machine.retries
        guard case .retry(let wait) = decision else { throw FailedExchange(failure: error, retries: retries) }
        do { try await context.clock.sleep(for: wait) } catch {
          throw FailedExchange(failure: .cancelled, retries: retries)
        }
        timing.queue += wait
      }
    }
  }

  /// One attempt, left to right: keys, seal, send, open.
  ///
  /// A client key may have to be waited for, so it comes first: the router's key must be trusted at the moment of
  /// sending. The one way back is a router whose key is no longer the one that the request was sealed for.
  private mutating func attempt() async throws(ExchangeFailure) -> ChatAnswer {
    var generation = try await clientKey()
    let routerKey = try await routerKey()
    var sealed = try seal(for: routerKey, announcing: generation)
    var response = try await send(sealed)
    if try await isKeyChanged(after: response, sealedFor: routerKey) {
      generation = try await clientKey()
      sealed = try seal(for: try await self.routerKey(), announcing: generation)
      response = try await send(sealed)
    }
    return try await open(response, as: sealed)
  }

  private mutating func routerKey() async throws(ExchangeFailure) -> RouterKey {
    let start = ContinuousClock.now
    defer { timing.queue += start.duration(to: .now) }
    do { return try await context.routerKeys.current() } catch { throw ExchangeFailure(fetching: error) }
  }

  /// The key pair to announce.
  ///
  /// Every envelope counts as a use of one, so that with `keys.max_uses` 1 not even two attempts share a pair.
  private mutating func clientKey() async throws(ExchangeFailure) -> KeyGeneration {
    let start = ContinuousClock.now
    defer { timing.queue += start.duration(to: .now) }
    do { return try await context.clientKeys.announce(until: deadline) } catch {
      throw ExchangeFailure(announcing: error)
    }
  }

  private mutating func seal(
    for routerKey: RouterKey, announcing generation: KeyGeneration
  ) throws(ExchangeFailure) -> SealedRequest {
    let start = ContinuousClock.now
    defer { timing.seal += start.duration(to: .now) }
    let plaintext = context.padsRequests ? SizeClass.padded(request.plaintext) : request.plaintext
    do {
      return SealedRequest(
        payloadID: try .random(), generation: generation,
        envelope: try Envelope.seal(request: plaintext, for: routerKey.publicKey))
    } catch EnvelopeSealError.tooLarge(let bytes, let limit) {
      throw .tooLarge(bytes: bytes, limit: limit)
    } catch { throw .local("\(error)") }
  }

  private mutating func send(_ sealed: SealedRequest) async throws(ExchangeFailure) -> UpstreamResponse {
    let start = ContinuousClock.now
    defer { timing.router += start.duration(to: .now) }
    do {
      return try await context.router.complete(
        sealed, tier: tier, bearer: bearer, timeout: start.duration(to: deadline))
    } catch { throw error == .cancelled ? .cancelled : .transport(error) }
  }

  /// Whether a rejection can be explained by a new key of the router's, which is then known.
  ///
  /// Looked for once in an exchange.
  ///
  /// No source says how a router rejects an envelope for an old key (PROTOCOL.md section 10): 400 is what its client
  /// expects, 422 and 500 are what such frameworks give.
  private mutating func isKeyChanged(
    after response: UpstreamResponse, sealedFor key: RouterKey
  ) async throws(ExchangeFailure) -> Bool {
    guard [400, 422, 500].contains(response.status), !hasLookedAtKeyAgain else { return false }
    hasLookedAtKeyAgain = true
    let start = ContinuousClock.now
    defer { timing.queue += start.duration(to: .now) }
    do { return try await context.routerKeys.replacement(for: key) != nil } catch let refusal
      as UntrustedRouterKey
    {
      throw .keyUntrusted(refusal)
    } catch let refusal as KeyDocumentError {
      // What the router shows now is no key to seal for, and that is why it rejects.
      throw .keyRefused(refusal)
    } catch {
      // A key that cannot be fetched now explains nothing: the rejection stands.
      return false
    }
  }

  private mutating func open(
    _ response: UpstreamResponse, as sealed: SealedRequest
  ) async throws(ExchangeFailure) -> ChatAnswer {
    guard response.status == 200 else { throw .status(RouterRefusal(response)) }
    let start = ContinuousClock.now
    defer { timing.open += start.duration(to: .now) }
    let opened: OpenedEnvelope
    do {
      opened = try await context.workers.run { [tier] in
        try Envelope.open(
          response: response.body, with: sealed.generation.privateKey, payloadID: sealed.payloadID, tier: tier
        )
      }
    } catch let fault as EnvelopeFault {
      throw .integrity(fault.cause)
    } catch { throw .cancelled }
    generation = sealed.generation.number
    do { return try ChatAnswer(document: opened.document, object: opened.object) } catch {
      throw .answer(error)
    }
  }
}

extension ExchangeFailure {
  /// The failure to have a router key at all.
  init(fetching error: any Error) {
    self =
      switch error {
      case let failure as RouterKeyFailure: .keyUnavailable(failure)
      case let refusal as KeyDocumentError: .keyRefused(refusal)
      case let refusal as UntrustedRouterKey: .keyUntrusted(refusal)
      case is CancellationError: .cancelled
      default: .local("\(type(of: error))")
      }
  }
}

extension ExchangeFailure {
  /// The failure to have a client key to announce.
  init(announcing shortage: KeyShortage) {
    self =
      switch shortage {
      case .notReady: .notReady
      case .deadlinePassed: .keyShortage
      case .cancelled, .closed: .cancelled
      }
  }
}
