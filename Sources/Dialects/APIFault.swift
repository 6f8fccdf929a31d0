/// An error as a caller will see it, before a dialect gives it its shape.
public struct APIFault: Error, Equatable, Sendable {
  /// HTTP status.
  public var status: Int
  /// The broad kind, in OpenAI's words (`invalid_request_error`, `server_error`, …).
  public var type: String
  /// The precise reason, for programs.
  public var code: String
  /// What happened, why, and what to do next, for people.
  public var message: String
  /// The request member at fault.
  public var parameter: String?
  /// When trying again makes sense.
  public var retryAfter: Duration?
  /// Whether the caller's tool should try again; nil leaves it to the tool.
  public var shouldRetry: Bool?

  /// A fault of any kind.
  public init(
    status: Int, type: String, code: String, message: String, parameter: String? = nil,
    retryAfter: Duration? = nil, shouldRetry: Bool? = nil
  ) {
    self.status = status
    self.type = type
    self.code = code
    self.message = message
    self.parameter = parameter
    self.retryAfter = retryAfter
    self.shouldRetry = shouldRetry
  }

  /// The caller's request is at fault: status 400.
  public static func invalidRequest(_ code: String, _ message: String, parameter: String?) -> APIFault {
    APIFault(status: 400, type: "invalid_request_error", code: code, message: message, parameter: parameter)
  }
}
