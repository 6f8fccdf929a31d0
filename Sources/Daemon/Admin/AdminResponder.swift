import ClientKeys
import Dialects
import HTTPTypes
import Listener
import Logging
import Sealing

/// Answers the operator: `GET /status`, `GET /metrics`, `POST /rotate`, `POST /reload`,
/// `POST /trust/accept`.
///
/// Usually on a unix socket that only the daemon's user can open; on a loopback port the guard against web pages holds
/// as it does for callers. There is no CORS here: even a page that may call cannot read what it gets.
struct AdminResponder: Responder {
  let subject: any AdminSubject
  let access: AccessPolicy
  let logger: Logger

  /// A fingerprint in its object has under a hundred bytes.
  private static let bodyLimit = 1024

  func admit(_ head: RequestHead) -> Admission {
    if let refusal = access.refusal(for: head) { return .refuse(answer(.admin(refusal), to: head)) }
    guard let route = AdminRoute(rawValue: head.path) else {
      return .refuse(answer(.unknownAdminRoute(head.path), to: head))
    }
    guard route.methods.contains(head.method) else {
      var answer = answer(.wrongAdminMethod(head, route), to: head)
      answer.fields[.allow] = route.methods.map(\.rawValue).joined(separator: ", ")
      return .refuse(answer)
    }
    guard head.method == .post else { return .receive(bodyLimit: 0) }
    // The types that need no preflight are how foreign pages reach local servers.
    if access.isBrowser(head), !saysJSON(head) { return .refuse(answer(.adminNeedsJSON, to: head)) }
    return .receive(bodyLimit: Self.bodyLimit)
  }

  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    answer(.admin(fault), to: head)
  }

  func respond(to request: InboundRequest, through reply: Reply) async {
    // An operator who has gone needs no answer.
    try? await reply.send(await answer(to: request))
  }

  private func answer(to request: InboundRequest) async -> OutboundAnswer {
    let head = request.head
    do {
      switch AdminRoute(rawValue: head.path) {
      case .status: return .json(await subject.status().json)
      case .metrics: return await subject.figures(accept: head.fields[.accept])
      case .rotate:
        let current = try await subject.rotateKeys()
        logger.notice("rotated by the operator", metadata: ["generation": "\(current.number)"])
        return .json(current.write)
      case .reload:
        guard let outcome = await subject.reload() else { return answer(.nothingToReload, to: head) }
        return .json(status: outcome.isTaken ? .ok : .unprocessableContent, outcome.write)
      case .acceptRouterKey:
        guard let fingerprint = fingerprint(in: request.body) else { return answer(.noFingerprint, to: head) }
        let status = try await subject.acceptRouterKey(fingerprint)
        logger.notice("router key accepted by the operator", metadata: ["fingerprint": "\(fingerprint)"])
        return .json(status.write)
      case nil: return answer(.unknownAdminRoute(head.path), to: head)
      }
    } catch { return answer(.ungranted(error), to: head) }
  }

  private func fingerprint(in body: [UInt8]) -> KeyFingerprint? {
    guard let object = try? StatusObject(document: body) else { return nil }
    return try? object.fingerprint("fingerprint")
  }

  private func saysJSON(_ head: RequestHead) -> Bool {
    let type = head.fields[.contentType] ?? ""
    return type.prefix { $0 != ";" && $0 != " " }.lowercased() == "application/json"
  }

  private func answer(_ fault: APIFault, to head: RequestHead?) -> OutboundAnswer {
    logger.info(
      "admin request refused",
      metadata: [
        "code": "\(fault.code)", "status": "\(fault.status)", "id": "\(head?.id.description ?? "-")",
      ])
    return .fault(fault)
  }
}
