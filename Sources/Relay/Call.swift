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
  /// The body as the caller wrote it, without content codings.
  let body: [UInt8]
  let live: ProxyResponder.Live
  /// The API key that the router will see.
  let bearer: Credential?
  let arrived: ContinuousClock.Instant

  /// - Throws: where the body cannot be decoded.
  init(_ route: Route, _ request: InboundRequest, _ live: ProxyResponder.Live) throws(APIFault) {
    arrived = .now
    self.route = route
    self.live = live
    head = request.head
    body = try request.decodedBody(limit: live.configuration.requestLimit)
    bearer = live.configuration.apiKey.map(Credential.init) ?? Credential(from: head.fields)
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
  func decoded(by dialect: any Dialect, knowing models: Set<String>) throws(APIFault) -> Decoded {
    var policy = live.configuration.policy
    policy.knownModels = models
    let request = try dialect.decode(body, under: policy)
    return Decoded(dialect: dialect, request: request, tier: try tier(of: request.chats[0]))
  }

  /// The header's tier goes before the body's, and both before the configured one.
  private func tier(of chat: ChatRequest) throws(APIFault) -> SecurityTier? {
    guard let name = head.fields[.securityTier] ?? chat.securityTier else {
      return live.configuration.securityTier
    }
    guard let tier = SecurityTier(rawValue: name) else {
      let known = SecurityTier.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidRequest(
        "invalid_security_tier", "The security tier must be one of \(known).", parameter: "security_tier")
    }
    return tier
  }
}
