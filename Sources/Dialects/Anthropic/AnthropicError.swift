import JSONText

/// The error object that all of Anthropic's routes share.
public enum AnthropicError {
  /// `{"type":"error","error":{"type","message"},"request_id"}`.
  public static func body(of fault: APIFault, requestID: String?) -> [UInt8] {
    var writer = JSONWriter()
    write(fault, requestID: requestID, to: &writer)
    return writer.bytes
  }

  static func write(_ fault: APIFault, requestID: String?, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", "error")
    writer.name("error")
    writer.beginObject()
    writer.member("type", type(ofStatus: fault.status))
    writer.member("message", fault.message)
    writer.endObject()
    writer.name("request_id")
    if let requestID { writer.string(requestID) } else { writer.null() }
    writer.endObject()
  }

  /// Anthropic's word for a status; clients choose their exception by the one or the other.
  static func type(ofStatus status: Int) -> String {
    switch status {
    case 401: "authentication_error"
    case 402: "billing_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 503, 529: "overloaded_error"
    case 504: "timeout_error"
    case 500...: "api_error"
    default: "invalid_request_error"
    }
  }
}
