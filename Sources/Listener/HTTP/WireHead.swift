import HTTPTypes
import NIOHTTP1

/// A head as the responder sees it, with what only the connection needs to know.
struct WireHead {
  /// How the end of the body is known.
  enum Framing: Equatable {
    case none
    case length(Int)
    case chunked
  }

  let head: RequestHead
  let framing: Framing
  /// Whether the caller is able and willing to send another request on the connection.
  let keepsAlive: Bool
  /// Whether the caller waits for `100 Continue` before it sends the body.
  let awaitsContinue: Bool
  /// Whether the caller understands chunked answers: HTTP/1.1.
  let takesChunks: Bool

  /// Reads what NIO's decoder made of the bytes, and closes the gaps that it leaves.
  init(
    _ message: HTTPRequestHead, peer: Peer, connection: UInt64 = 0, local: BoundAddress? = nil
  ) throws(ListenerFault) {
    guard message.version.major == 1, (0...1).contains(message.version.minor) else {
      throw .unsupportedVersion
    }
    guard message.method != .CONNECT else { throw .unsupportedMethod }
    guard let method = HTTPRequest.Method(rawValue: message.method.rawValue),
      let target = RequestTarget(message.uri, isOptions: message.method == .OPTIONS)
    else { throw .malformed }
    let fields = try Self.fields(message.headers)
    let isModern = message.version.minor == 1
    // RFC 9112 section 3.2: one, and none is for HTTP/1.0 alone.
    let hosts = fields[values: .host].count
    guard hosts == 1 || (hosts == 0 && !isModern) else { throw .malformed }
    framing = try Self.framing(fields, isModern: isModern)
    awaitsContinue = try Self.expectation(fields) && isModern && framing != .none
    // The decoder stops for good after a request that asks for an upgrade, which nobody here grants.
    keepsAlive = isModern && message.isKeepAlive && !fields.contains(.upgrade)
    takesChunks = isModern
    head = RequestHead(
      method: method, path: target.path, query: target.query, authority: target.authority, fields: fields,
      peer: peer, connection: connection, local: local)
  }

  private static func fields(_ headers: HTTPHeaders) throws(ListenerFault) -> HTTPFields {
    var fields = HTTPFields()
    fields.reserveCapacity(headers.count)
    for (name, text) in headers {
      let value = withoutTrailingSpace(text)
      // Control characters are what `HTTPField` would turn into spaces; a head that has them is refused.
      guard let name = HTTPField.Name(name), HTTPField.isValidValue(value) else { throw .malformed }
      fields.append(HTTPField(name: name, value: value))
    }
    return fields
  }

  /// A value without the white space behind it, which is no part of it (RFC 9112 section 5.1) and which the
  /// decoder leaves on.
  private static func withoutTrailingSpace(_ value: String) -> String {
    guard let last = value.utf8.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return "" }
    guard value.utf8.index(after: last) < value.utf8.endIndex else { return value }
    return String(decoding: value.utf8[...last], as: UTF8.self)
  }

  /// RFC 9112 section 6.3.
  ///
  /// The decoder has already refused a second length and a length beside a coding; it is said again here
  /// because everything behind depends on it.
  private static func framing(_ fields: HTTPFields, isModern: Bool) throws(ListenerFault) -> Framing {
    let lengths = fields[values: .contentLength]
    let codings = fields[values: .transferEncoding]
    guard lengths.count <= 1, lengths.isEmpty || codings.isEmpty else { throw .malformed }
    if !codings.isEmpty {
      guard isModern else { throw .malformed }
      guard codings.count == 1, codings[0].lowercased() == "chunked" else { throw .unsupportedTransferCoding }
      return .chunked
    }
    guard let text = lengths.first else { return .none }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
      throw .malformed
    }
    return length == 0 ? .none : .length(length)
  }

  private static func expectation(_ fields: HTTPFields) throws(ListenerFault) -> Bool {
    let expectations = fields[values: .expect]
    guard !expectations.isEmpty else { return false }
    guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
      throw .unsupportedExpectation
    }
    return true
  }
}
