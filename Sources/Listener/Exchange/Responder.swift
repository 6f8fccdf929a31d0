public import HTTPTypes

/// A whole answer.
public struct OutboundAnswer: Sendable, Equatable {
  /// The status.
  public var status: HTTPResponse.Status
  /// The fields.
  ///
  /// Framing is the listener's: `content-length`, `transfer-encoding` and `connection` are ignored here.
  public var fields: HTTPFields
  /// The body.
  public var body: [UInt8]

  /// An answer of these parts.
  public init(status: HTTPResponse.Status, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
    (self.status, self.fields, self.body) = (status, fields, body)
  }
}

/// Whether a request's body is worth receiving.
public enum Admission: Sendable {
  /// Receive the body, up to this many bytes.
  case receive(bodyLimit: Int)
  /// Answer at once; the body is not read, or read and thrown away.
  case refuse(OutboundAnswer)
}

/// What stands behind the listener.
public protocol Responder: Sendable {
  /// Decides from the head alone whether to go on, before the body is read and before `100 Continue` is said.
  ///
  /// Runs on the event loop: must be quick and must not wait.
  func admit(_ head: RequestHead) -> Admission

  /// The answer for what went wrong below the responder, so that all error bodies have one author.
  ///
  /// Runs on the event loop. The head is missing if the fault came before one was read.
  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer

  /// Answers a request through `reply` and returns when the answer is complete.
  ///
  /// Runs in a task of its own, which is cancelled when the caller goes away or the drain ends. A caller that has
  /// only closed its sending half still gets what is sent.
  func respond(to request: InboundRequest, through reply: Reply) async
}
