import Dialects
import HTTPTypes
import JSONText
import Listener
import Logging

/// Answers monitoring systems and probes, which may be on other machines: `/metrics`, `/healthz`, `/readyz`.
///
/// What it tells are counts and states, nothing of a request and no reason that names the router; nothing here steers
/// the daemon. The policy it is given allows no origin, because no web page has business here.
struct MetricsResponder: Responder {
  let subject: any AdminSubject
  let access: AccessPolicy
  let logger: Logger

  func admit(_ head: RequestHead) -> Admission {
    if let refusal = access.refusal(for: head) { return .refuse(answer(.admin(refusal), to: head)) }
    guard MetricsRoute(rawValue: head.path) != nil else {
      return .refuse(answer(.unknownMetricsRoute(head.path), to: head))
    }
    guard head.method == .get || head.method == .head else {
      var answer = answer(.wrongMetricsMethod(head), to: head)
      answer.fields[.allow] = "GET, HEAD"
      return .refuse(answer)
    }
    return .receive(bodyLimit: 0)
  }

  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    answer(.admin(fault), to: head)
  }

  func respond(to request: InboundRequest, through reply: Reply) async {
    // Whoever looked and left needs no answer.
    try? await reply.send(await answer(to: request.head))
  }

  private func answer(to head: RequestHead) async -> OutboundAnswer {
    switch MetricsRoute(rawValue: head.path) {
    case .metrics: return await subject.figures(accept: head.fields[.accept])
    case .alive: return .json { $0.write(state: "alive") }
    case .ready:
      let wants = await subject.status().waitingFor
      guard !wants.isEmpty else { return .json { $0.write(state: "ready") } }
      return .json(status: .serviceUnavailable) { $0.write(state: "waiting", for: wants) }
    case nil: return answer(.unknownMetricsRoute(head.path), to: head)
    }
  }

  private func answer(_ fault: APIFault, to head: RequestHead?) -> OutboundAnswer {
    logger.debug(
      "metrics request refused",
      metadata: [
        "code": "\(fault.code)", "status": "\(fault.status)", "id": "\(head?.id.description ?? "-")",
      ])
    return .fault(fault)
  }
}

/// What the listener for monitoring systems offers.
enum MetricsRoute: String, CaseIterable {
  case metrics = "/metrics"
  case alive = "/healthz"
  case ready = "/readyz"
}

extension JSONWriter {
  /// A state as `/readyz` of the callers' listener has it, without the reason.
  fileprivate mutating func write(state: String, for wants: [String] = []) {
    beginObject()
    member("status", state)
    if !wants.isEmpty {
      name("waiting_for")
      beginArray()
      for want in wants { string(want) }
      endArray()
    }
    endObject()
  }
}

extension APIFault {
  fileprivate static func unknownMetricsRoute(_ path: String) -> APIFault {
    let list = MetricsRoute.allCases.map { "GET \($0.rawValue)" }.joined(separator: ", ")
    return .admin(404, "unknown_url", "There is no \(ForeignText(path)) here. This listener offers \(list).")
  }

  fileprivate static func wrongMetricsMethod(_ head: RequestHead) -> APIFault {
    .admin(
      405, "method_not_allowed", "\(head.path) takes GET or HEAD, not \(ForeignText(head.method.rawValue)).")
  }
}
