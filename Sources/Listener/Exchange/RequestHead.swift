public import HTTPTypes

/// What a caller said before the body.
public struct RequestHead: Sendable {
  /// The method, as it was sent.
  public let method: HTTPRequest.Method
  /// The path of the target: begins with `/` (or is `*`), without query, percent-encoding untouched.
  public let path: String
  /// What stands after the first `?`, without it; nil if there is none.
  public let query: String?
  /// The authority of a target in absolute form (`GET http://host:port/ HTTP/1.1`), which outranks `Host`
  /// (RFC 9112 section 3.2.2); nil for the usual form.
  public let authority: String?
  /// The fields in their order.
  public let fields: HTTPFields
  /// Who asks.
  public let peer: Peer
  /// The number of the connection, which no other one of the process has; 0 if there is none.
  public let connection: UInt64
  /// Our end of a TCP connection; with the peer's it says which connection of the machine's this is.
  public let local: BoundAddress?
  /// The name of this request.
  public let id: RequestID

  /// A head of these parts.
  public init(
    method: HTTPRequest.Method, path: String, query: String? = nil, authority: String? = nil,
    fields: HTTPFields = HTTPFields(), peer: Peer, connection: UInt64 = 0, local: BoundAddress? = nil,
    id: RequestID = RequestID()
  ) {
    (self.method, self.path, self.query, self.authority) = (method, path, query, authority)
    (self.fields, self.peer, self.connection, self.local, self.id) = (fields, peer, connection, local, id)
  }
}

/// A request that has arrived whole.
public struct InboundRequest: Sendable {
  /// What came before the body.
  public let head: RequestHead
  /// The body with chunking taken off and content codings left on; empty if there was none.
  public let body: [UInt8]

  /// A request of these parts.
  public init(head: RequestHead, body: [UInt8] = []) {
    (self.head, self.body) = (head, body)
  }
}
