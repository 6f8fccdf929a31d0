import Dialects
import HTTPTypes
import Listener

extension OutboundAnswer {
  /// An error in a dialect's shape, with the headers that tell tools when to try again.
  static func fault(_ fault: APIFault, in dialect: any Dialect, adding fields: HTTPFields) -> OutboundAnswer {
    var fields = fields.merging([.contentType: "application/json"])
    if let wait = fault.retryAfter {
      // Whole seconds for everybody, and OpenAI's finer form for its SDKs.
      let milliseconds = wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000
      fields[.retryAfter] = "\((milliseconds + 999) / 1000)"
      fields[.retryAfterMilliseconds] = "\(milliseconds)"
    }
    if let shouldRetry = fault.shouldRetry { fields[.shouldRetry] = shouldRetry ? "true" : "false" }
    return OutboundAnswer(
      status: HTTPResponse.Status(code: fault.status), fields: fields, body: dialect.encode(fault))
  }

  static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok, adding fields: HTTPFields)
    -> OutboundAnswer
  {
    OutboundAnswer(status: status, fields: fields.merging([.contentType: "application/json"]), body: body)
  }
}
