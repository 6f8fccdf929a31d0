import HTTPTypes
import Listener

/// A responder made of closures.
///
/// By default it takes every request in and says what it got.
struct StubResponder: Responder {
  var admits: @Sendable (RequestHead) -> Admission = { _ in .receive(bodyLimit: 1024 * 1024) }
  var responds: @Sendable (InboundRequest, Reply) async throws(CallerGone) -> Void = StubResponder.echo

  func admit(_ head: RequestHead) -> Admission { admits(head) }

  /// The body names the fault, the status is the usual one.
  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    OutboundAnswer(status: fault.status, body: Array("\(fault)".utf8))
  }

  func respond(to request: InboundRequest, through reply: Reply) async {
    // A caller that has gone needs no answer.
    try? await responds(request, reply)
  }

  /// Answers `METHOD path?query authority body`, with `-` for what there is not.
  static func echo(_ request: InboundRequest, _ reply: Reply) async throws(CallerGone) {
    let head = request.head
    let target = head.path + (head.query.map { "?" + $0 } ?? "")
    let body = request.body.isEmpty ? "-" : String(decoding: request.body, as: UTF8.self)
    try await reply.send(.text("\(head.method) \(target) \(head.authority ?? "-") \(body)"))
  }
}

extension OutboundAnswer {
  static func text(_ text: String, status: HTTPResponse.Status = .ok) -> OutboundAnswer {
    OutboundAnswer(status: status, fields: [.contentType: "text/plain"], body: Array(text.utf8))
  }
}
