import ContentCoding
import Dialects
import HTTPTypes
import Listener

extension RequestHead {
  /// The codings of the body, in the order in which they were applied (RFC 9110 section 8.4).
  func contentCodings() throws(APIFault) -> [ContentCoding] {
    guard let value = fields[.contentEncoding] else { return [] }
    do { return try ContentCoding.list(value) } catch { throw APIFault(error) }
  }
}

extension InboundRequest {
  /// The body as the caller wrote it, before anything compressed it.
  ///
  /// - Parameter limit: The most bytes that it may have, which a compressed one does not show before.
  func decodedBody(limit: Int) throws(APIFault) -> [UInt8] {
    let codings = try head.contentCodings()
    guard !codings.isEmpty else { return body }
    do { return try ContentCoding.decode(body, codings: codings, limit: limit) } catch {
      throw APIFault(error)
    }
  }
}

extension APIFault {
  init(_ fault: ContentCodingFault) {
    let (status, code) =
      switch fault {
      case .unknown, .tooMany: (415, "unsupported_content_encoding")
      case .malformed: (400, "invalid_content_encoding")
      case .tooLarge: (413, "request_too_large")
      case .outOfMemory: (503, "out_of_memory")
      }
    let message =
      switch fault {
      case .unknown(let name):
        "The request body has the content coding \(ForeignText(name)), which is not known here. Send "
          + "\(ContentCoding.accepted), or none."
      case .tooLarge(let limit):
        "The request body is larger than \(limit) bytes when it is decompressed, which is what limits.request allows. "
          + "Shorten the conversation or the attachments."
      case .tooMany, .malformed, .outOfMemory:
        "The request body is \(fault)."
      }
    self.init(
      status: status, type: status < 500 ? "invalid_request_error" : "server_error", code: code,
      message: message)
  }
}
