import Envelope
import HTTPTypes
import JSONText
import Listener
import Platform
import Sealing

/// The server half of the protocol, for development: opens sealed requests, has them answered, seals the answers.
final class DevRouterResponder: Responder {
  /// 10 MiB of plaintext make an envelope of about 13.4 MiB.
  private static let bodyLimit = 16 * 1024 * 1024

  let keys: RouterKeys
  let backend: Backend
  let workers: WorkerThreads
  let apiKey: String?
  let wireLog: WireLog?
  /// Answers every request with one text and without opening it (`--answer-unopened`).
  let answersUnopened: Bool
  let faults = Locked(FaultPlan())

  init(
    keys: RouterKeys, backend: Backend, workers: WorkerThreads, apiKey: String?, wireLog: WireLog?,
    answersUnopened: Bool
  ) {
    self.keys = keys
    self.backend = backend
    self.workers = workers
    self.apiKey = apiKey
    self.wireLog = wireLog
    self.answersUnopened = answersUnopened
  }

  func admit(_ head: RequestHead) -> Admission { .receive(bodyLimit: Self.bodyLimit) }

  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    .detail("\(fault)", status: fault.status)
  }

  func respond(to request: InboundRequest, through reply: Reply) async {
    // A caller that went away needs no answer.
    try? await route(request, reply)
  }

  private func route(_ request: InboundRequest, _ reply: Reply) async throws(CallerGone) {
    switch (request.head.method, request.head.path) {
    case (.get, Wire.publicKeyPath):
      let pem = Array(keys.current.publicKey.pem.utf8)
      try await reply.send(
        OutboundAnswer(status: .ok, fields: [.contentType: "application/x-pem-file"], body: pem))
    case (.post, Wire.completionPath):
      guard isAuthorized(request.head) else {
        return try await reply.send(.detail("Invalid or missing API key", status: .unauthorized))
      }
      try await complete(request, reply)
    case (.get, "/v1/models"):
      guard isAuthorized(request.head) else {
        return try await reply.send(.detail("Invalid or missing API key", status: .unauthorized))
      }
      try await reply.send(OutboundAnswer(await backend.models()))
    case (.get, "/health"):
      try await reply.send(.json(#"{"status":"ok","endpoints":{}}"#))
    case (.post, "/dev/rotate"):
      let isDone = (try? await keys.rotate()) != nil
      try await reply.send(isDone ? .json("{}") : .detail("no new key", status: .internalServerError))
    case (.post, "/dev/fault"):
      let isKnown = faults.withLock { $0.replace(from: request.body) }
      try await reply.send(
        isKnown ? .json("{}") : .detail("modes: \(Fault.modes), none", status: .badRequest))
    default:
      try await reply.send(.detail("Not Found", status: .notFound))
    }
  }

  private func isAuthorized(_ head: RequestHead) -> Bool {
    apiKey.map { head.fields[.authorization] == "Bearer \($0)" } ?? true
  }

  private func complete(_ request: InboundRequest, _ reply: Reply) async throws(CallerGone) {
    let fault = faults.withLock { $0.next() }
    if case .delay(let milliseconds) = fault { try? await Task.sleep(for: .milliseconds(milliseconds)) }
    if let answer = fault?.answerInstead { return try await reply.send(answer) }
    if fault == .drop { return await reply.abort() }
    switch await SecureCompletion(router: self, request: request, fault: fault).run() {
    case .sealed(let body) where fault == .truncate:
      try await reply.begin(.ok, [.contentType: "application/json"])
      try await reply.write(Array(body.prefix(body.count / 2)))
      await reply.abort()
    case .sealed(let body):
      try await reply.send(
        OutboundAnswer(status: .ok, fields: [.contentType: "application/json"], body: body))
    case .refused(let status, let detail):
      try await reply.send(.detail(detail, status: HTTPResponse.Status(code: status)))
    }
  }
}

extension Fault {
  /// What is sent instead of anything that looks at the request.
  fileprivate var answerInstead: OutboundAnswer? {
    switch self {
    case .status(let code): .detail("fault injected for a test", status: HTTPResponse.Status(code: code))
    case .plain:
      .json(
        #"{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"in clear"}}]}"#
      )
    case .html:
      OutboundAnswer(status: .ok, fields: [.contentType: "text/html"], body: Array("<html>hello</html>".utf8))
    default: nil
    }
  }
}

extension OutboundAnswer {
  static func json(_ text: String) -> OutboundAnswer {
    OutboundAnswer(status: .ok, fields: [.contentType: "application/json"], body: Array(text.utf8))
  }

  /// FastAPI's error shape, which NOMYO's client reads.
  static func detail(_ text: String, status: HTTPResponse.Status) -> OutboundAnswer {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("detail", text)
    writer.endObject()
    return OutboundAnswer(status: status, fields: [.contentType: "application/json"], body: writer.bytes)
  }

  init(_ answer: Backend.Answer) {
    switch answer {
    case .completion(let body):
      self.init(status: .ok, fields: [.contentType: "application/json"], body: body)
    case .refusal(let status, let detail):
      self = .detail(detail, status: HTTPResponse.Status(code: status))
    }
  }
}
