import HTTPTypes
import JSONText
import Listener
import Platform

/// A whole answer of a responder that was asked without a socket.
struct CollectedAnswer: Sendable {
  /// 0 where there is none.
  var status = 0
  var body: [UInt8] = []

  /// Asks, as somebody on this machine's unix socket would.
  static func of(
    _ responder: any Responder, _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = []
  ) async -> CollectedAnswer {
    let sink = CollectingSink()
    let fields: HTTPFields = body.isEmpty ? [:] : [.contentType: "application/json"]
    let head = RequestHead(
      method: method, path: path, fields: fields, peer: .unix(uid: 0, gid: 0, pid: 0))
    await responder.respond(to: InboundRequest(head: head, body: body), through: Reply(to: sink))
    return sink.answer
  }

  /// The message of an error in OpenAI's shape.
  var errorMessage: String? { DaemonStatus.errorMessage(in: body) }

  /// The names in a list of models.
  var models: [String] {
    guard let root = try? JSONDocument(parsing: body).root, let object = try? root.object(),
      let entries = object["data"]?.elements
    else { return [] }
    return entries.compactMap { entry in (try? entry.object())?["id"]?.string }
  }
}

/// A caller that keeps what it is told.
private final class CollectingSink: ReplySink {
  private let state = Locked(CollectedAnswer())

  var answer: CollectedAnswer { state.withLock { $0 } }

  func send(_ answer: OutboundAnswer) async -> Bool {
    state.withLock { $0 = CollectedAnswer(status: answer.status.code, body: answer.body) }
    return true
  }

  func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async -> Bool {
    state.withLock { $0.status = status.code }
    return true
  }

  func write(_ bytes: [UInt8]) async -> Bool {
    state.withLock { $0.body += bytes }
    return true
  }

  func finish() async -> Bool { true }

  func abort() async { state.withLock { $0.status = 0 } }
}
