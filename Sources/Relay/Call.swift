import Dialects
import Envelope
import HTTPTypes
import Listener

/// One request while it is worked on, with what was in force when it came.
///
/// A class, because everything that waits for an answer holds it, and thousands may wait.
final class Call: Sendable {
  let route: Route
  let head: RequestHead
  /// The body as the caller wrote it, without content codings; empty where the route has no use for one.
  let body: [UInt8]
  let live: ProxyResponder.Live
  let caller: Caller
  /// The API key that the router will see.
  let bearer: Credential?
  let arrived: ContinuousClock.Instant

  private let readers: LargeBodies
  /// The room for what the body has become; the listener holds that for the body as it came.
  private let share: OpenedBodies.Share

  /// - Parameters:
  ///   - readers: Where the work on a large body is done.
  ///   - opened: The room that all opened bodies share.
  /// - Throws: where the body cannot be decoded, or there is no room for it.
  init(
    _ route: Route, _ request: InboundRequest, from caller: Caller, _ live: ProxyResponder.Live,
    reading readers: LargeBodies, within opened: OpenedBodies
  ) async throws(APIFault) {
    arrived = .now
    self.route = route
    self.live = live
    self.readers = readers
    self.caller = caller
    head = request.head
    bearer = live.configuration.bearer(for: head)
    share = opened.share(for: caller.token)
    // Nobody reads what comes with a GET, so it is not worth a decompression either.
    guard head.method == .post else {
      body = []
      return
    }
    guard head.fields[.contentEncoding] != nil else {
      body = request.body
      return
    }
    let limit = live.configuration.requestLimit
    // One after the other, whatever their size: it says nothing of what becomes of them.
    body = try await readers.read(LargeBodies.byteCount, of: caller.line(head)) { () throws(APIFault) in
      try request.decodedBody(limit: limit)
    }
    try share.take(body.count, of: live.configuration.bodiesLimit)
  }

  /// A request that its dialect understood.
  struct Decoded: Sendable {
    let dialect: any Dialect
    let request: DecodedRequest
    let tier: SecurityTier?
  }

  /// Reads the body, and the tier from wherever it is asked for.
  ///
  /// - Parameter models: The names of the router's models, as far as they are known.
  func decoded(by dialect: any Dialect, knowing models: Set<String>) async throws(APIFault) -> Decoded {
    var policy = live.configuration.policy
    policy.knownModels = models
    let (body, readingPolicy) = (body, policy)
    let request = try await readers.read(body.count, of: caller.line(head)) { () throws(APIFault) in
      try dialect.decode(body, under: readingPolicy)
    }
    // As text, and once more in an envelope, which is a third longer for its base64.
    let size = request.chats.reduce(0) { $0 + $1.plaintext.count }
    let counted = max(0, size - OpenedBodies.free)
    try share.take(counted * 7 / 3, of: live.configuration.bodiesLimit)
    return Decoded(dialect: dialect, request: request, tier: try tier(of: request.chats[0]))
  }

  /// The header's tier goes before the body's, and both before the configured one.
  private func tier(of chat: ChatRequest) throws(APIFault) -> SecurityTier? {
    let asked = head.fields[.securityTier]
    guard let name = asked ?? chat.securityTier else { return live.configuration.securityTier }
    guard let tier = SecurityTier(rawValue: name) else {
      let known = SecurityTier.allCases.map(\.rawValue).joined(separator: ", ")
      let place = asked == nil ? "'security_tier'" : "The header X-Security-Tier"
      throw .invalidRequest(
        "invalid_security_tier", "\(place) is \(ForeignText(name)); it must be one of \(known).",
        parameter: asked == nil ? "security_tier" : nil)
    }
    return tier
  }
}
