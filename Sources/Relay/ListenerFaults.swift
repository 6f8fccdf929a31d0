import Dialects
import HTTPTypes
import Listener

/// What goes wrong before a request is understood, as callers are told.
extension ListenerFault {
  var fault: APIFault {
    APIFault(
      status: status.code, type: status.code < 500 ? "invalid_request_error" : "server_error", code: code,
      message: message, retryAfter: retryAfter)
  }

  private var code: String {
    switch self {
    case .malformed: "malformed_http"
    case .unsupportedVersion: "unsupported_http_version"
    case .unsupportedMethod: "unsupported_method"
    case .unsupportedTransferCoding: "unsupported_transfer_coding"
    case .unsupportedExpectation: "unsupported_expectation"
    case .headersTooLarge: "headers_too_large"
    case .bodyTooLarge: "request_too_large"
    case .headerTimeout: "header_timeout"
    case .bodyTimeout: "body_timeout"
    case .tooManyBodies: "too_many_bodies"
    case .tooManyConnections: "too_many_connections"
    case .shuttingDown: "shutting_down"
    case .unanswered: "internal_error"
    }
  }

  private var message: String {
    switch self {
    case .malformed: "The request is not HTTP/1.1 as RFC 9112 has it."
    case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken here."
    case .unsupportedMethod: "This is not a forward proxy: CONNECT is not offered."
    case .unsupportedTransferCoding: "Only the chunked transfer coding is understood."
    case .unsupportedExpectation: "Only the expectation 100-continue is understood."
    case .headersTooLarge(let limit):
      "The request's head is larger than \(limit) bytes, or has more fields than limits.header_count allows. Send less, or "
        + "raise limits.header_bytes or limits.header_count."
    case .bodyTooLarge(let limit):
      "The request body is larger than \(limit) bytes, which is what limits.request allows. Shorten the conversation or "
        + "the attachments."
    case .headerTimeout: "The head of the request did not arrive within limits.header_timeout."
    case .bodyTimeout: "The body of the request stopped arriving for as long as limits.body_timeout."
    case .tooManyBodies(let limit):
      "The bodies of all requests together would be larger than \(limit) bytes, which is what limits.bodies allows. Try "
        + "again shortly."
    case .tooManyConnections(let limit):
      "There are more than \(limit) connections, which is what limits.connections allows. Try again shortly."
    case .shuttingDown: "The proxy is stopping and gave up this request. Try again."
    case .unanswered: "The proxy failed on its own account; the log has the details. Try again."
    }
  }

  private var retryAfter: Duration? {
    switch self {
    case .tooManyBodies, .tooManyConnections, .shuttingDown: .seconds(1)
    default: nil
    }
  }
}

/// Why a caller may not come in, as it is told. The texts help the owner of a legitimate tool; an attacker learns nothing
/// that is not in the documentation.
extension AccessRefusal {
  func fault(_ head: RequestHead) -> APIFault {
    let (code, message) =
      switch self {
      case .host:
        (
          "host_not_allowed",
          "The Host header is \(ForeignText(head.authority ?? head.fields[values: .hostName].first ?? "missing")), and it must name this machine "
            + "(localhost, 127.0.0.1, [::1]) or a host in access.hosts of nomyo-proxy."
        )
      case .origin:
        (
          "origin_not_allowed",
          "Web pages of this origin may not call. Add the origin to access.origins of nomyo-proxy to allow it."
        )
      case .fetchSite:
        ("cross_site_not_allowed", "Web pages of other sites may not call.")
      case .user:
        (
          "user_not_allowed",
          "The user who runs this program may not use the socket. Add the number that `id -u` prints to access.uids of "
            + "nomyo-proxy to allow it."
        )
      }
    return APIFault(status: 403, type: "permission_error", code: code, message: message)
  }
}
