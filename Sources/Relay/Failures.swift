import Dialects
import Envelope
import Pacing
import Sealing
import Upstream

/// The one table from what went wrong to what the caller is told (PROTOCOL.md sections 5 and 8).
///
/// Statuses of the router keep their number where a caller's tool knows what to do with it, and always get a code of
/// their own, so that they cannot be taken for the proxy's. What the router says is quoted as its words.
struct FailedExchange: Error, Sendable {
  let failure: ExchangeFailure
  /// Whether there was more than one attempt before it failed.
  let wasTriedAgain: Bool

  /// The error for the caller.
  var fault: APIFault {
    var fault = failure.fault
    // The caller's tool would multiply its own retries with ours.
    if wasTriedAgain { fault.shouldRetry = false }
    return fault
  }
}

extension ExchangeFailure {
  fileprivate var fault: APIFault {
    switch self {
    case .notReady:
      server(
        503, "not_ready",
        "The proxy has no client key yet; `nomyo-proxy status` says why. Try again in a second.",
        retryAfter: .seconds(1))
    case .tooLarge(let bytes, let limit):
      APIFault(
        status: 413, type: "invalid_request_error", code: "request_too_large",
        message:
          "The request has \(bytes) bytes; the router takes at most \(limit). Shorten the conversation or the "
          + "attachments.")
    case .keyUnavailable(let failure):
      keyFault(failure)
    case .keyShortage:
      server(
        503, "client_key_shortage",
        "No unused client key was left before the deadline: requests come faster than keys.max_uses lets key pairs be "
          + "made. Raise keys.max_uses, or make more ahead with keys.pool.", retryAfter: .seconds(1))
    case .keyUntrusted(let refusal):
      refused("upstream_key_untrusted", "\(refusal)")
    case .keyRefused(let reason):
      integrity("The router's public key is refused: \(reason). Nothing was sent. " + Self.remedy(reason))
    case .unsent(let error), .transport(let error):
      transportFault(error)
    case .held(let refusal):
      refusal.fault
    case .deadlinePassed:
      PacingRefusal(.deadlinePassed, retryAfter: .seconds(1)).fault
    case .status(let refusal):
      refusalFault(refusal)
    case .integrity(.securityTier):
      refused(
        "upstream_tier_downgrade",
        "The router's answer names another security tier than the one that was asked for, so nothing of it is passed "
          + "on. Ask for a tier that the router serves, or for none.")
    case .integrity:
      integrity(
        "The router's answer could not be verified, so nothing of it is passed on. If this lasts, something on the way "
          + "changes answers or router.url leads to the wrong server; the log names the check that failed.")
    case .answer(let fault):
      fault
    case .unknownModel(let model):
      model.fault
    case .cancelled:
      server(
        503, "shutting_down",
        "This request was given up: the proxy is stopping, or the connection was closed for sending. Try again."
      )
    case .local:
      server(
        500, "internal_error", "The proxy failed on its own account; the log has the details. Try again.")
    }
  }

  private func server(
    _ status: Int, _ code: String, _ message: String, retryAfter: Duration? = nil
  ) -> APIFault {
    APIFault(status: status, type: "server_error", code: code, message: message, retryAfter: retryAfter)
  }

  private static func remedy(_ reason: KeyDocumentError) -> String {
    "Check that router.url leads to a NOMYO router"
      + (reason.isTooShort
        ? "; for a router of your own with a shorter key, lower router.minimum_key_bits." : ".")
  }

  /// The model has done its work, and would do it again.
  private static func dropped(limit: Int) -> APIFault {
    var fault = APIFault.tooManyAnswers(limit: limit)
    (fault.retryAfter, fault.shouldRetry) = (nil, false)
    return fault
  }

  private func integrity(_ message: String) -> APIFault { refused("upstream_integrity", message) }

  /// What another attempt would only repeat.
  private func refused(_ code: String, _ message: String) -> APIFault {
    var fault = server(502, code, message)
    fault.shouldRetry = false
    return fault
  }

  private func keyFault(_ failure: RouterKeyFailure) -> APIFault {
    switch failure {
    case .transport(let error): transportFault(error)
    case .held(let refusal): refusal.fault
    case .status(let status):
      server(
        502, "upstream_key_unavailable",
        "The router answered with status \(status) when asked for its public key, without which nothing can be sealed. "
          + "Check router.url.")
    }
  }

  private func transportFault(_ error: UpstreamError) -> APIFault {
    switch error {
    case .responseTimedOut, .connectTimedOut:
      server(504, "upstream_timeout", "The router did not answer in time: \(error).")
    case .tooLarge, .protocolFault:
      integrity("The router's answer is refused: \(error).")
    case .crowded(let limit):
      Self.dropped(limit: limit)
    case .cancelled, .closed:
      .shuttingDown
    case .disconnected, .truncated:
      server(
        502, "upstream_unreachable",
        "The connection to the router broke before its answer was complete. Try again.")
    case .unresolved, .unreachable, .handshake:
      server(502, "upstream_unreachable", "The router could not be reached: \(error).")
    case .clearText, .badURL, .tls:
      refused("upstream_unreachable", "The router could not be reached: \(error).")
    }
  }

  private func refusalFault(_ refusal: RouterRefusal) -> APIFault {
    if refusal.status == 503, let wait = refusal.retryAfter, wait > RetryMachine.longestRetryAfter {
      return PacingRefusal(.breaker(.coolDown), retryAfter: wait).fault
    }
    let said = refusal.detail.map { " The router says: \(ForeignText($0))" } ?? ""
    let row = Self.refusals[refusal.status] ?? Self.otherRefusal
    return APIFault(
      status: row.status ?? refusal.status, type: row.type, code: row.code,
      message: row.message.replacing("{status}", with: "\(refusal.status)") + said,
      retryAfter: refusal.retryAfter)
  }

  /// What each status of the router becomes.
  ///
  /// `status` nil keeps the router's.
  private struct Row {
    var status: Int?
    let type: String
    let code: String
    let message: String
  }

  private static let refusals: [Int: Row] = [
    400: Row(
      type: "invalid_request_error", code: "upstream_invalid_request",
      message: "The router refuses this request."),
    401: Row(
      type: "authentication_error", code: "upstream_authentication",
      message:
        "The router refuses the API key, or wants one. Check the daemon's (NOMYO_API_KEY or router.api_key_file) or, where "
        + "it has none, the one that the request brings as its Bearer token."),
    403: Row(
      type: "permission_error", code: "upstream_forbidden",
      message: "The router does not allow this model for the requested security tier."),
    404: Row(
      type: "invalid_request_error", code: "upstream_not_found",
      message: "The router does not know this model or does not offer secure inference."),
    409: Row(
      type: "invalid_request_error", code: "upstream_conflict", message: "The router reports a conflict."),
    413: Row(
      type: "invalid_request_error", code: "upstream_too_large",
      message: "The router finds the request too large."),
    422: Row(
      type: "invalid_request_error", code: "upstream_unprocessable",
      message: "The router cannot process this request."),
    429: Row(
      type: "rate_limit_error", code: "upstream_rate_limit",
      message: "The router's rate limit for this API key is reached."),
    500: Row(status: 502, type: "server_error", code: "upstream_error", message: "The router failed."),
    502: Row(
      type: "server_error", code: "upstream_bad_gateway", message: "A gateway before the router failed."),
    503: Row(
      type: "server_error", code: "upstream_unavailable",
      message:
        "The router is unavailable: its backend is down, the tier's hardware is missing, or the API key is in a "
        + "cool-down."),
    504: Row(
      type: "server_error", code: "upstream_timeout", message: "A gateway before the router gave up waiting."),
  ]

  private static let otherRefusal = Row(
    status: 502, type: "server_error", code: "upstream_status",
    message: "The router answered with status {status}, which is not part of its protocol.")
}
