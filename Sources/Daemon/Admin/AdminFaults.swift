import Dialects
import HTTPTypes
import Listener
import RouterTrust

/// The errors of the admin listener, in the shape that all errors of the daemon have.
extension APIFault {
  static func unknownAdminRoute(_ path: String) -> APIFault {
    .admin(
      404, "unknown_url",
      "There is no \(ForeignText(path)) here. The admin listener offers \(AdminRoute.list).")
  }

  static func wrongAdminMethod(_ head: RequestHead, _ route: AdminRoute) -> APIFault {
    let allowed = route.methods.map(\.rawValue).joined(separator: " or ")
    return .admin(
      405, "method_not_allowed",
      "\(route.rawValue) takes \(allowed), not \(ForeignText(head.method.rawValue)).")
  }

  static let adminNeedsJSON = APIFault.admin(
    415, "unsupported_media_type", "A web page has to send Content-Type: application/json.")

  static let nothingToReload = APIFault.admin(
    409, "nothing_to_reload", "This daemon was started without a configuration that could be read anew.")

  static let noFingerprint = APIFault.admin(
    400, "invalid_fingerprint",
    #"The body must be {"fingerprint": "sha256/BASE64"}, a fingerprint as `nomyo-proxy trust show` prints it."#
  )

  /// A request that the subject does not grant.
  static func ungranted(_ error: any Error) -> APIFault {
    switch error {
    case let refusal as AdminRefusal: return .admin(409, refusal.code, refusal.message)
    case let refusal as AcceptanceRefused: return .admin(409, "acceptance_refused", "\(refusal)")
    default: break
    }
    return .admin(500, "internal_error", "This failed: \(ForeignText("\(error)")). The log has the details.")
  }

  static func admin(_ refusal: AccessRefusal) -> APIFault {
    let rule =
      switch refusal {
      case .host: "the Host header must name this machine, or a host in access.hosts"
      case .origin: "web pages of this origin may not call (access.origins)"
      case .fetchSite: "web pages of other sites may not call"
      case .user: "its user may not call"
      }
    return .admin(403, "not_allowed", "This request is not let in: \(rule).")
  }

  static func admin(_ fault: ListenerFault) -> APIFault {
    let (code, message) =
      switch fault {
      case .bodyTooLarge(let limit):
        ("request_too_large", "No request to the admin listener needs more than \(limit) bytes.")
      case .tooManyBodies, .tooManyConnections, .shuttingDown:
        ("unavailable", "The daemon takes no more requests just now. Try again shortly.")
      case .headerTimeout, .bodyTimeout: ("timeout", "The request did not arrive in time.")
      case .unanswered: ("internal_error", "The daemon failed on its own account; the log has the details.")
      case .malformed, .unsupportedVersion, .unsupportedMethod, .unsupportedTransferCoding,
        .unsupportedExpectation, .headersTooLarge:
        ("malformed_http", "The request is not HTTP/1.1 as it is spoken here.")
      }
    return .admin(fault.status.code, code, message)
  }

  static func admin(_ status: Int, _ code: String, _ message: String) -> APIFault {
    APIFault(
      status: status, type: status < 500 ? "invalid_request_error" : "server_error", code: code,
      message: message)
  }
}
