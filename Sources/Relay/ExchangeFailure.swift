import ClientKeys
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
  /// There was no connection to the router: nothing was sent.
  case unsent(UpstreamError)
  /// The connection to the router failed, or the answer did not come in time.
  case transport(UpstreamError)
  /// The request did not get its turn.
  case held(PacingRefusal)
  /// The caller's time was over before anything was sent.
  case deadlinePassed
  /// The router answered with a status other than 200.
  case status(RouterRefusal)
  /// The router does not know the model.
  case unknownModel(UnknownModel)
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
    // Nobody's prompt was in that question.
    case .keyUnavailable(.transport(.responseTimedOut)):
      .unsent
    case .unsent(let error), .keyUnavailable(.transport(let error)):
      error.isPassing ? .unsent : .final
    case .transport(let error):
      error.isPassing ? .connection : .final
    case .keyUnavailable(.status(let status)):
      .status(status, retryAfter: nil)
    case .status(let refusal):
      .status(refusal.status, retryAfter: refusal.retryAfter)
    case .notReady, .tooLarge, .keyShortage, .keyUntrusted, .keyRefused, .keyUnavailable(.held), .held,
      .deadlinePassed, .unknownModel, .integrity, .answer, .cancelled, .local:
      .final
    }
  }

  /// The class that the log names; never anything of the content.
  var logClass: String {
    switch self {
    case .notReady: "not-ready"
    case .tooLarge: "too-large"
    case .keyUnavailable(.transport(let error)): "router-key-\(error.logClass)"
    case .keyUnavailable(.status(let status)): "router-key-status-\(status)"
    case .keyUnavailable(.held(let refusal)): "router-key-held-\(refusal.reason.name)"
    case .keyShortage: "client-key-shortage"
    case .keyUntrusted: "router-key-untrusted"
    case .keyRefused: "router-key-refused"
    case .unsent(let error), .transport(let error): error.logClass
    case .held(let refusal): "held-\(refusal.reason.name)"
    case .deadlinePassed: "deadline-passed"
    case .status(let refusal): "router-status-\(refusal.status)"
    case .unknownModel: "unknown-model"
    case .integrity(let cause): "integrity-\(cause.rawValue)"
    case .answer(let fault): fault.code
    case .cancelled: "cancelled"
    case .local: "internal"
    }
  }
}

extension UpstreamError {
  /// Whether it may be over in a moment.
  ///
  /// Connection failures pass; a wrong certificate, an answer over the limit and an answer that takes too long do not.
  var isPassing: Bool {
    switch self {
    case .unresolved, .unreachable, .connectTimedOut, .handshake, .disconnected, .truncated: true
    case .clearText, .badURL, .tls, .responseTimedOut, .tooLarge, .crowded, .protocolFault, .cancelled,
      .closed:
      false
    }
  }

  var logClass: String {
    switch self {
    case .clearText: "clear-text"
    case .badURL: "bad-url"
    case .unresolved: "unresolved"
    case .unreachable: "unreachable"
    case .tls: "tls"
    case .handshake: "tls-handshake"
    case .connectTimedOut: "connect-timeout"
    case .responseTimedOut: "response-timeout"
    case .tooLarge: "answer-too-large"
    case .crowded: "too-many-answers"
    case .disconnected: "disconnected"
    case .truncated: "truncated"
    case .protocolFault: "protocol-fault"
    case .cancelled: "cancelled"
    case .closed: "closed"
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

  /// The failure to have a client key to announce.
  init(announcing shortage: KeyShortage) {
    self =
      switch shortage {
      case .notReady: .notReady
      case .deadlinePassed: .keyShortage
      case .cancelled, .closed: .cancelled
      }
  }

  /// The failure to get a turn.
  init(held refusal: PacingRefusal) {
    self = refusal.reason == .cancelled ? .cancelled : .held(refusal)
  }
}
