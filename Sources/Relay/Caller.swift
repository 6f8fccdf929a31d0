import Dialects
import HTTPTypes
import Listener
import Logging
import Pacing
import Tokens

/// Who sent a request, as far as that is known from its head.
struct Caller: Sendable, Equatable {
  /// The name of the local token that it brought; never the token.
  var token: String?
  /// The user at the other end of a unix socket, as the kernel names it.
  var user: UInt32?

  init(token: String? = nil, _ head: RequestHead) {
    self.token = token
    if case .unix(let user, _, _) = head.peer { self.user = user }
  }

  /// Where the caller stands in line before it is known by its process.
  func line(_ head: RequestHead) -> CallerID { token.map(CallerID.token) ?? .connection(head.connection) }

  /// What log lines say of the caller.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    if let token { metadata["token"] = "\(token)" }
    if let user { metadata["uid"] = "\(user)" }
    return metadata
  }
}

extension RelayConfiguration {
  /// Who asks.
  ///
  /// - Throws: 401 for one who has to bring a token and brings none, or an unknown one.
  func caller(_ head: RequestHead, on route: Route?) throws(APIFault) -> Caller {
    let known = knownCaller(head)
    guard tokens != nil, known.token == nil, route?.isOpen != true else { return known }
    throw Credential.candidates(in: head.fields).isEmpty ? .missingToken : .unknownToken
  }

  /// Who asks, whether or not that is enough to come in.
  func knownCaller(_ head: RequestHead) -> Caller {
    guard let tokens else { return Caller(head) }
    // Some tools bring an old key of another service beside the one that they were told: any of them may be the token.
    let names = Credential.candidates(in: head.fields).compactMap { tokens.name(of: $0.utf8) }
    return Caller(token: names.first, head)
  }

  /// The API key that the router will see.
  ///
  /// Where there are local tokens nothing that a caller brings is passed on, known or not: a token is for this daemon alone.
  func bearer(for head: RequestHead) -> Credential? {
    if let apiKey { return Credential(apiKey) }
    return tokens == nil ? Credential(from: head.fields) : nil
  }

  /// How many places a caller may take.
  ///
  /// Those who wait for their turn have a limit of their own, and no part in this one.
  func places(for caller: Caller, waitingIn router: RouterClient) -> Places.Limits {
    var limits = Places.Limits(all: inFlightLimit + router.waiting)
    if let token = caller.token {
      let limit = inFlightPerToken == 0 ? Int.max : inFlightPerToken + router.waiting(of: .token(token))
      limits.token = (token, limit)
    }
    return limits
  }
}

extension Places.Shortage {
  var fault: APIFault {
    switch self {
    case .ofAll: .tooManyInFlight
    case .ofToken: .tooManyOfToken
    }
  }
}
