import ClientKeys
import Envelope
import HTTPTypes
public import Pacing
import Platform
public import RouterTrust
import Sealing
public import Upstream

/// What the router is asked for, and nothing else: its key, sealed completions, its list of models.
public struct RouterClient: Sendable {
  private let transport: any RouterTransport
  private let baseURL: String
  /// The most bytes that a sealed answer may have.
  let responseLimit: Int
  private let pacer: Pacer
  private let paced: PacedRequests
  private let ownKey: @Sendable () -> KeyID

  /// Key documents are a few kilobytes; what is larger is no key.
  private static let keyDocumentLimit = 64 * 1024

  /// Model lists hold at most a few thousand entries.
  private static let modelListLimit = 4 * 1024 * 1024

  /// How long the router may take to hand out its key.
  ///
  /// Everybody waits for such a question, and a new one costs nothing: one that got lost must not hold them for long.
  private static let keyTimeout = Duration.seconds(5)

  /// How long the other small questions may take, each turn and transfer; a completion has the exchange's own deadline.
  private static let shortTimeout = Duration.seconds(30)

  /// A client of one router.
  ///
  /// - Parameters:
  ///   - baseURL: Without a trailing slash; a path prefix is kept.
  ///   - responseLimit: The most bytes that a sealed answer may have.
  ///   - pacer: Gives the turns.
  ///   - paced: What has to wait for one.
  ///   - ownKey: Under which key the proxy's own questions count; asked each time, since a reload changes it.
  public init(
    transport: any RouterTransport, baseURL: String, responseLimit: Int, pacer: Pacer,
    paced: PacedRequests = .authenticated, ownKey: @escaping @Sendable () -> KeyID = { .configured }
  ) {
    self.transport = transport
    self.baseURL = baseURL
    self.responseLimit = responseLimit
    self.pacer = pacer
    self.paced = paced
    self.ownKey = ownKey
  }

  /// The document of the router's public key, and the certificate under which it came.
  ///
  /// Sent without credentials and without anything that names the caller, over a connection of its own.
  public func publicKeyDocument() async throws(RouterKeyFailure) -> FetchedKeyDocument {
    var admission: Admission?
    if paced == .all {
      do throws(PacingRefusal) {
        admission = try await turn(
          of: Turn(key: ownKey()) { .token("the proxy itself") },
          until: .now.advanced(by: Self.shortTimeout))
      } catch { throw .held(error) }
    }
    let response: UpstreamResponse
    do {
      response = try await send(
        UpstreamRequest(
          url: baseURL + Wire.publicKeyPath, responseLimit: Self.keyDocumentLimit,
          responseTimeout: Self.keyTimeout, wantsCertificate: true), admission)
    } catch { throw .transport(error) }
    guard response.status == 200 else { throw .status(response.status) }
    return FetchedKeyDocument(
      bytes: response.body, certificate: response.certificate.flatMap { KeyFingerprint(ofCertificate: $0) })
  }

  /// Posts a sealed request (PROTOCOL.md section 1).
  func complete(
    _ sealed: SealedRequest, tier: SecurityTier?, bearer: Credential?, timeout: Duration,
    admission: Admission
  ) async throws(UpstreamError) -> UpstreamResponse {
    var fields: HTTPFields = [
      .payloadID: sealed.payloadID.description,
      .publicKey: PublicKeyHeader.encode(sealed.generation.publicKeyPEM),
      .contentType: Wire.contentType,
      .accept: "*/*",
    ]
    if let tier { fields[.securityTier] = tier.rawValue }
    bearer?.authorize(&fields)
    return try await send(
      UpstreamRequest(
        method: .post, url: baseURL + Wire.completionPath, fields: fields, body: sealed.envelope,
        responseLimit: responseLimit, responseTimeout: timeout), admission, isMaximumTier: tier == .maximum)
  }

  /// Asks for the list of models, which the router gives in plain.
  func models(bearer: Credential?, turn: Turn) async throws(ExchangeFailure) -> UpstreamResponse {
    var admission: Admission?
    if paced != .completions {
      do throws(PacingRefusal) {
        admission = try await self.turn(of: turn, until: .now.advanced(by: Self.shortTimeout))
      } catch { throw ExchangeFailure(held: error) }
    }
    var fields: HTTPFields = [.accept: "application/json"]
    bearer?.authorize(&fields)
    do {
      return try await send(
        UpstreamRequest(
          url: baseURL + "/v1/models", fields: fields, responseLimit: Self.modelListLimit,
          responseTimeout: Self.shortTimeout), admission, isPlain: true)
    } catch { throw error == .cancelled ? .cancelled : .transport(error) }
  }
}

// MARK: - Turns

/// Whose turn is to be waited for.
struct Turn: Sendable {
  /// The API key that the request carries.
  let key: KeyID
  /// Who asks; only asked for where somebody has to wait, because to find out takes time.
  let caller: @Sendable () async -> CallerID
}

extension RouterClient {
  /// How many requests wait for their turn.
  var waiting: Int { pacer.waiting }

  /// How many of those are one caller's.
  func waiting(of caller: CallerID) -> Int { pacer.waiting(of: caller) }

  /// Waits until a request may be sent.
  func turn(
    of turn: Turn, until deadline: ContinuousClock.Instant
  ) async throws(PacingRefusal) -> Admission {
    if let admission = pacer.admitNow(key: turn.key) { return admission }
    return try await pacer.admit(await turn.caller(), key: turn.key, until: deadline)
  }

  /// Sends a request and says what became of it to whom it was admitted by.
  private func send(
    _ request: UpstreamRequest, _ admission: Admission?, isMaximumTier: Bool = false, isPlain: Bool = false
  ) async throws(UpstreamError) -> UpstreamResponse {
    var request = request
    let start = ContinuousClock.now
    if let admission {
      request.onSending = { admission.sent() }
      request.connectTimeout = admission.connectLimit
    }
    do {
      let response = try await transport.send(request)
      admission?.ended(
        // A 503 of the plain endpoints says as little about completions as one of a tier without hardware.
        ExchangeOutcome(
          status: response.status, retryAfter: response.retryAfter, isMaximumTier: isMaximumTier || isPlain))
      return response
    } catch {
      // A caller in a hurry says nothing about the router.
      let isOverdue = request.responseTimeout.map { start.duration(to: .now) >= $0 } ?? false
      admission?.ended(isOverdue ? .abandoned : ExchangeOutcome(error))
      throw error
    }
  }
}

extension ExchangeOutcome {
  /// The outcome of a transfer that brought no answer.
  init(_ error: UpstreamError) {
    switch error {
    case _ where error.isPassing: self = .unreachable
    case .tooLarge, .crowded, .protocolFault: self = .answered
    default: self = .abandoned
    }
  }
}

/// Why the router's key could not be had.
public enum RouterKeyFailure: KeyFetchFailure, Equatable, Sendable, CustomStringConvertible {
  /// The router was not reached.
  case transport(UpstreamError)
  /// The router answered with another status than 200.
  case status(Int)
  /// It was not asked: nothing is sent for now.
  case held(PacingRefusal)

  /// Whether there was no connection, or it broke, or nothing came over it.
  public var isUnreached: Bool {
    switch self {
    case .transport(.responseTimedOut): true
    case .transport(let error): error.isPassing
    case .held(let refusal): refusal.reason == .breaker(.unreachable)
    case .status: false
    }
  }

  /// What happened.
  public var description: String {
    switch self {
    case .transport(let error): error.description
    case .status(let status): "the router answered with status \(status) instead of its public key"
    case .held(let refusal): "the router was not asked: \(refusal.reason.name)"
    }
  }
}

/// A request as it goes on the wire.
struct SealedRequest: Sendable {
  let payloadID: PayloadID
  /// The client key that the answer is to be sealed for; held until the answer is open.
  let generation: KeyGeneration
  let envelope: [UInt8]
}
