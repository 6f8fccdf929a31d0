import ClientKeys
import Dialects
import Envelope
import Foundation
import HTTPTypes
import InMemoryLogging
import Listener
import Logging
import Pacing
import Platform
import RouterTrust
import Sealing
import Telemetry
import TestTwins
import Tokens

@testable import Relay

/// All of Relay between a stub router and recording callers, with a clock that stands still.
struct Rig {
  static let baseURL = "https://router.test/prefix"

  let router: StubRouter
  let clock = ManualClock()
  let log = InMemoryLogHandler()
  let metrics = Metrics()
  let pacer: Pacer
  let ring: ClientKeyRing
  let cache: RouterKeyCache
  let context: ExchangeContext
  private let client: RouterClient

  init(
    _ router: StubRouter, retries: Int = 2, hasClientKey: Bool = true, makesKeys: Bool = true,
    trust: TrustPolicy = TrustPolicy(mode: .tls),
    rotation: RotationPolicy = RotationPolicy(interval: nil, pool: 0),
    pacing: PacingPolicy = PacingPolicy(perSecond: 0), paced: PacedRequests = .authenticated,
    looksInOwnTime: Bool = false, beforeSecondKey: @escaping @Sendable () -> Void = {}
  ) async throws {
    self.router = router
    pacer = Pacer(policy: pacing, clock: clock)
    client = RouterClient(
      transport: router, baseURL: Self.baseURL, responseLimit: 1 << 20, pacer: pacer, paced: paced)
    let (start, began) = (ContinuousClock.now, clock.now)
    let own = LookClock(
      now: { [clock] in start.advanced(by: began.duration(to: clock.now)) },
      sleep: LookClock.continuous.sleep)
    let looks = looksInOwnTime ? own : .continuous
    cache = RouterKeyCache(
      router: Self.baseURL, policy: trust, minimumBits: 4096, clock: looks
    ) { [client] in try await client.publicKeyDocument() }
    let made = Locked(0)
    ring = ClientKeyRing(
      policy: rotation, threads: WorkerThreads(count: 1, name: "test-keygen"), wallClock: { 0 },
      makePair: {
        guard makesKeys else { throw KeyShortage.notReady }
        let count = made.withLock { made in
          made += 1
          return made
        }
        if count == 2 { beforeSecondKey() }
        return count == 1 ? TestKeys.client : TestKeys.nextClient
      })
    context = ExchangeContext(
      router: client, routerKeys: cache, clientKeys: ring,
      workers: WorkerThreads(count: 1, name: "test-rsa"), retries: retries, clock: clock)
    if hasClientKey { _ = try await ring.rotate() }
  }

  // MARK: Exchanges

  /// An ordinary request.
  static let body = #"{"model":"lab/first","messages":[{"role":"user","content":"hello"}]}"#

  func exchange(
    _ body: String = Rig.body, tier: SecurityTier? = nil, bearer: String? = nil,
    timeout: Duration = .seconds(900)
  ) throws -> Exchange {
    Exchange(
      context: context, request: try OpenAIChat().decode(Array(body.utf8), under: RequestPolicy()).chats[0],
      tier: tier,
      bearer: bearer.map { Credential(Secret($0)) }, turn: Turn(key: .configured) { .connection(1) },
      deadline: .now.advanced(by: timeout))
  }

  // MARK: Requests

  func responder(
    apiKey: String? = nil, tokens: TokenList? = nil, tier: SecurityTier? = nil, inFlightLimit: Int = 8,
    inFlightPerToken: Int = 0,
    aliases: [String: String] = [:], models: [String] = [],
    members: RequestPolicy.UndocumentedMembers = .auto,
    chatbots: [Chatbot] = [], embedder: EmbeddingsRelay? = nil
  ) throws -> ProxyResponder {
    ProxyResponder(
      context: context,
      catalog: ModelCatalog(router: client, routerKeys: cache, aliases: aliases, fixed: models),
      configuration: try configuration(
        apiKey: apiKey, tokens: tokens, tier: tier, inFlightLimit: inFlightLimit,
        inFlightPerToken: inFlightPerToken,
        aliases: aliases, members: members, chatbots: chatbots, embedder: embedder),
      metrics: metrics, logger: logger)
  }

  /// What a reload replaces.
  func configuration(
    apiKey: String? = nil, tokens: TokenList? = nil, tier: SecurityTier? = nil, inFlightLimit: Int = 8,
    inFlightPerToken: Int = 0, aliases: [String: String] = [:],
    members: RequestPolicy.UndocumentedMembers = .auto, chatbots: [Chatbot] = [],
    embedder: EmbeddingsRelay? = nil
  ) throws -> RelayConfiguration {
    RelayConfiguration(
      apiKey: apiKey.map(Secret.init), tokens: tokens, securityTier: tier, requestLimit: 1 << 20,
      inFlightLimit: inFlightLimit, inFlightPerToken: inFlightPerToken, responseTimeout: .seconds(900),
      pacing: ReplyPacing(commitAfter: .seconds(5), keepalive: .seconds(10)),
      policy: RequestPolicy(members: members, aliases: aliases),
      access: try AccessPolicy(hosts: ["loopback"], origins: ["loopback"]), chatbots: chatbots,
      embedder: embedder)
  }

  /// A logger that keeps every line, at every level.
  var logger: Logger {
    var handler = log
    handler.logLevel = .trace
    var logger = Logger(label: "test") { _ in handler }
    logger.logLevel = .trace
    return logger
  }

  /// The log as text, metadata included.
  var logText: String {
    log.entries.map { "\($0.level) \($0.message) \($0.metadata)" }.joined(separator: "\n")
  }

  /// A catalogue that asks the stub router.
  func catalog(
    aliases: [String: String] = [:], fixed: [String] = [], patience: Duration = .seconds(1)
  ) -> ModelCatalog {
    ModelCatalog(router: client, routerKeys: cache, aliases: aliases, fixed: fixed, patience: patience)
  }
}

extension InboundRequest {
  /// A request as a program on this machine makes it.
  static func chat(_ body: String = Rig.body, _ fields: HTTPFields = [:]) -> InboundRequest {
    InboundRequest(head: .of(.post, "/v1/chat/completions", fields), body: Array(body.utf8))
  }

  static func post(_ path: String, _ body: String, _ fields: HTTPFields = [:]) -> InboundRequest {
    InboundRequest(head: .of(.post, path, fields), body: Array(body.utf8))
  }

  static func get(_ path: String, _ fields: HTTPFields = [:]) -> InboundRequest {
    InboundRequest(head: .of(.get, path, fields))
  }
}

extension RequestHead {
  static func of(
    _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], host: String = "127.0.0.1:12439"
  ) -> RequestHead {
    var all: HTTPFields = [.named("host"): host]
    for field in fields { all.append(field) }
    return RequestHead(
      method: method, path: path, fields: all, peer: .tcp(address: "127.0.0.1", port: 50_000))
  }
}

extension ProxyResponder {
  /// Answers a request and returns what the caller got.
  func answer(_ request: InboundRequest) async -> RecordingSink {
    let sink = RecordingSink()
    await respond(to: request, through: Reply(to: sink))
    return sink
  }
}

/// The `error` object of a body, read by code that is not ours.
func errorObject(_ body: some Collection<UInt8>) -> [String: Any]? {
  let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
  return object?["error"] as? [String: Any]
}

extension HTTPField.Name {
  /// A name that is known to be one.
  static func named(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
    return name
  }
}
