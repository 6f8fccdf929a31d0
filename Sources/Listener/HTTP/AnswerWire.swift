import HTTPTypes
import NIOCore
import NIOHTTP1

/// How the end of an answer's body is told (RFC 9112 section 6).
enum AnswerFraming: Equatable {
  /// By its length; also for an answer to HEAD, which has the length and no body.
  case length(Int)
  /// By the last chunk.
  case chunked
  /// By the end of the connection, for callers of HTTP/1.0.
  case untilClose
  /// There never is a body: 1xx, 204, 304.
  case bodiless

  /// The framing that a status and a length (nil if not known) call for.
  init(_ status: HTTPResponse.Status, length: Int?, takesChunks: Bool) {
    if status.kind == .informational || status.code == 204 || status.code == 304 {
      self = .bodiless
    } else if let length {
      self = .length(length)
    } else {
      self = takesChunks ? .chunked : .untilClose
    }
  }
}

/// What an answer says of the connection.
enum AnswerEnding: Equatable {
  /// Another request may follow, within so many seconds if that is worth saying.
  case keepAlive(seconds: Int?)
  case close

  /// How much earlier a caller is asked to give an idle connection up than the server does, so that the two do not
  /// meet a request on its way.
  private static let margin = 5

  /// An ending after which the server waits for `idleTime`.
  init(keepsAlive: Bool, _ idleTime: Duration) {
    let seconds = Int(clamping: idleTime.components.seconds) - Self.margin
    self = keepsAlive ? .keepAlive(seconds: seconds > 0 ? seconds : nil) : .close
  }
}

extension ByteBuffer {
  /// Writes a status line and the fields.
  ///
  /// Fields that frame the message are the listener's own; `date` and `x-request-id` are added unless the
  /// answer brings them.
  mutating func writeAnswerHead(
    _ status: HTTPResponse.Status, _ fields: HTTPFields, framing: AnswerFraming, ending: AnswerEnding,
    id: RequestID?, date: String
  ) {
    writeStaticString("HTTP/1.1 ")
    writeString(String(status.code))
    writeStaticString(" ")
    writeString(
      status.reasonPhrase.isEmpty
        ? HTTPResponseStatus(statusCode: status.code).reasonPhrase : status.reasonPhrase)
    writeStaticString("\r\n")
    var (hasDate, hasID) = (false, false)
    for field in fields where !Self.isFraming(field.name) {
      hasDate = hasDate || field.name == .date
      hasID = hasID || field.name == .requestID
      writeString(field.name.rawName)
      writeStaticString(": ")
      writeString(field.value)
      writeStaticString("\r\n")
    }
    if !hasDate { writeField("date", date) }
    if !hasID, let id { writeField("x-request-id", id.description) }
    switch framing {
    case .length(let length): writeField("content-length", String(length))
    case .chunked: writeStaticString("transfer-encoding: chunked\r\n")
    case .untilClose, .bodiless: break
    }
    switch ending {
    case .close: writeStaticString("connection: close\r\n")
    case .keepAlive(let seconds):
      // No standard, but what the pools of Node.js (http.Agent, undici) go by.
      if let seconds { writeField("keep-alive", "timeout=\(seconds)") }
      writeStaticString("connection: keep-alive\r\n")
    }
    writeStaticString("\r\n")
  }

  /// Writes one chunk (RFC 9112 section 7.1); nothing for no bytes, because an empty chunk would be the last.
  mutating func writeChunk(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    writeString(String(bytes.count, radix: 16))
    writeStaticString("\r\n")
    writeBytes(bytes)
    writeStaticString("\r\n")
  }

  /// Writes the last chunk, without trailers.
  mutating func writeLastChunk() {
    writeStaticString("0\r\n\r\n")
  }

  private mutating func writeField(_ name: StaticString, _ value: String) {
    writeStaticString(name)
    writeStaticString(": ")
    writeString(value)
    writeStaticString("\r\n")
  }

  private static func isFraming(_ name: HTTPField.Name) -> Bool {
    name == .contentLength || name == .transferEncoding || name == .connection || name == .keepAlive
  }
}

extension HTTPField.Name {
  static let requestID = token("x-request-id")
  static let keepAlive = token("keep-alive")
  static let host = token("host")

  /// A name that is known to be a token (RFC 9110 section 5.6.2), because it stands in the source.
  static func token(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no field name") }
    return name
  }
}
