import Dialects
import HTTPTypes
import Listener

/// The errors that the proxy itself has to tell, before any router is asked.
extension APIFault {
  static func unknownRoute(_ head: RequestHead) -> APIFault {
    APIFault(
      status: 404, type: "invalid_request_error", code: "unknown_url",
      message:
        "There is no \(ForeignText(head.path)) here. GET /api/v1/docs lists what this proxy offers, such as POST "
        + "/v1/chat/completions; if you asked for one of them, check the base URL.")
  }

  static func wrongMethod(_ head: RequestHead, allowed: [HTTPRequest.Method]) -> APIFault {
    let names = allowed.map(\.rawValue).joined(separator: " or ")
    return APIFault(
      status: 405, type: "invalid_request_error", code: "method_not_allowed",
      message: "\(ForeignText(head.path)) takes \(names), not \(ForeignText(head.method.rawValue)).")
  }

  static let wrongMediaType = APIFault(
    status: 415, type: "invalid_request_error", code: "unsupported_media_type",
    message: "The body must be JSON: send Content-Type: application/json.")

  static let noWebSocket = APIFault(
    status: 426, type: "invalid_request_error", code: "upgrade_not_offered",
    message: "Responses come over HTTP here, not over a WebSocket: send POST /v1/responses.")

  static let nothingStored = APIFault(
    status: 404, type: "invalid_request_error", code: "response_not_found",
    message:
      "Responses are not stored here, so there is none to look up. Send the whole conversation as 'input' instead."
  )

  static let modelStore = APIFault(
    status: 501, type: "invalid_request_error", code: "not_offered",
    message: "Models live at the router; they cannot be pulled, created, copied or deleted here.")

  static func unknownChatbot(_ id: String) -> APIFault {
    APIFault(
      status: 404, type: "invalid_request_error", code: "chatbot_not_found",
      message:
        "There is no chatbot \(ForeignText(id)). GET /api/v1/chatbot/list lists those that the configuration has.",
      parameter: "chatbot_id")
  }

  static let tooManyInFlight = APIFault(
    status: 503, type: "server_error", code: "too_many_requests_in_flight",
    message: "The proxy works on as many requests as limits.in_flight allows. Try again shortly.",
    retryAfter: .seconds(1))

  static func tooManyAnswers(limit: Int) -> APIFault {
    APIFault(
      status: 503, type: "server_error", code: "too_many_answers",
      message:
        "The answers that are being received would take more than \(limit) bytes together, which is what limits.bodies "
        + "allows, so this one was dropped. Ask for less at once, or raise limits.bodies and restart nomyo-proxy.",
      retryAfter: .seconds(1))
  }

  static let tooManyOfToken = APIFault(
    status: 429, type: "rate_limit_error", code: "too_many_requests_of_token",
    message:
      "As many requests are under way under this token as limits.in_flight_per_token of nomyo-proxy allows. Try again "
      + "shortly, or send fewer at once.",
    retryAfter: .seconds(1))

  static let missingToken = unauthorized(
    "missing_token",
    "This nomyo-proxy lets in only callers who bring one of its tokens, and this request brings none. Put a token where "
      + "your tool has its API key (`Authorization: Bearer TOKEN` in HTTP); `nomyo-proxy tokens new NAME`, run where the proxy runs, makes one."
  )

  static let unknownToken = unauthorized(
    "unknown_token",
    "This nomyo-proxy lets in only callers who bring one of its tokens, and does not know the one that this request brings "
      + "in place of an API key. Check that all of it was copied and that its line is in access.tokens_file, and reload "
      + "the proxy after a change; `nomyo-proxy tokens new NAME`, run where the proxy runs, makes another.")

  private static func unauthorized(_ code: String, _ message: String) -> APIFault {
    // No SDK should try again what stays wrong.
    APIFault(
      status: 401, type: "authentication_error", code: code, message: message, shouldRetry: false)
  }

  static let shuttingDown = APIFault(
    status: 503, type: "server_error", code: "shutting_down",
    message: "The proxy is stopping and gave up this request. Try again.")

  static func unknownModel(_ id: String) -> APIFault {
    APIFault(
      status: 404, type: "invalid_request_error", code: "model_not_found",
      message: "The router offers no model \(ForeignText(id)). GET /v1/models lists those it does.",
      parameter: "model")
  }
}
