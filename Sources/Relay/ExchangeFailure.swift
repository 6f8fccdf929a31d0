import Dialects
import Envelope
import Pacing
import RouterTrust
import Sealing
import Upstream

/// Why an exchange, or one attempt at it, brought no answer.
enum ExchangeFailure: Error, Sendable {
  /// No client key has been made yet.
  case notReady
  /// The request is over the protocol's limit once it is in the form to seal.
  case tooLarge(bytes: Int, limit: Int)
  /// The router's key could not be fetched.
  case keyUnavailable(RouterKeyFailure)
  /// No unused client key came up before the deadline.
  case keyShortage
  /// The router shows a key that is not trusted.
  case keyUntrusted(UntrustedRouterKey)
  /// The router's key document is refused.
  case keyRefused(KeyDocumentError)
  /// The connection to the router failed or timed out.
  case transport(UpstreamError)
  /// The router answered with a status other than 200.
  case status(RouterRefusal)
  /// The router answered 200 with something that must not be used.
  case integrity(EnvelopeFault.Cause)
  /// The answer is authentic but not a chat completion.
  case answer(APIFault)
  /// The caller went away, or the daemon is stopping.
  case cancelled
  /// Something of our own failed.
  case local(String)
}

/// What the router said instead of an envelope.
///
/// Plain text that anybody on the way could have written.
struct RouterRefusal: Sendable, Equatable {
  let status: Int
  /// Its explanation, unauthenticated.
  let detail: String?
  /// Its `Retry-After`.
  let retryAfter: Duration?
}

extension ExchangeFailure {
  /// The failure as far as trying again is concerned.
  var asAttemptFailure: AttemptFailure {
    switch self {
    case .transport(let error), .keyUnavailable(.transport(let error)):
      Self.isPassing(error) ? .connection : .final
    case .keyUnavailable(.status(let status)):
      .status(status, retryAfter: nil)
    case .status(let refusal):
      .status(refusal.status, retryAfter: refusal.retryAfter)
    case .notReady, .tooLarge, .keyShortage, .keyUntrusted, .keyRefused, .integrity, .answer, .cancelled,
      .local:
      .final
    }
  }

  /// Connection failures pass; a wrong certificate, an answer over the limit and an answer that takes too long do not.
  private static func isPassing(_ error: UpstreamError) -> Bool {
    switch error {
    case .unresolved, .unreachable, .connectTimedOut, .disconnected: true
    case .clearText, .badURL, .tls, .responseTimedOut, .truncated, .tooLarge, .protocolFault, .cancelled,
      .closed:
      false
    }
  }

  /// The class that the log names; never anything of the content.
  var logClass: String {
    switch self {
    case .notReady: "not-ready"
    case .tooLarge: "too-large"
    case .keyUnavailable(.transport(let error)): "router-key-\(error.logClass)"
    case .keyUnavailable(.status(let status)): "router-key-status-\(status)"
    case .keyShortage: "client-key-shortage"
    case .keyUntrusted: "router-key-untrusted"
    case .keyRefused: "router-key-refused"
    case .transport(let error): error.logClass
    case .status(let refusal): "router-status-\(refusal.status)"
    case .integrity(let cause): "integrity-\(cause.rawValue)"
    case .answer(let fault): fault.code
    case .cancelled: "cancelled"
    case .local: "internal"
    }
  }
}

extension UpstreamError {
  var logClass: String {
    switch self {
    case .clearText: "clear-text"
    case .badURL: "bad-url"
    case .unresolved: "unresolved"
    case .unreachable: "unreachable"
    case .tls: "tls"
    case .connectTimedOut: "connect-timeout"
    case .responseTimedOut: "response-timeout"
    case .tooLarge: "answer-too-large"
    case .disconnected: "disconnected"
    case .truncated: "truncated"
    case .protocolFault: "protocol-fault"
    case .cancelled: "cancelled"
    case .closed: "closed"
    }
  }
}
