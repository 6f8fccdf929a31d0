import ClientKeys
import Foundation
import HTTPTypes
import Listener
import Logging
import Platform
import RouterTrust
import Sealing
import Telemetry
import Testing

@testable import Daemon

/// Does what it is told and writes down that it was.
private final class StubSubject: AdminSubject {
  private let calls = Locked<[String]>([])
  private let failure: (any Error)?

  init(failure: (any Error)? = nil) { self.failure = failure }

  var asked: [String] { calls.withLock { $0 } }

  func status() async -> DaemonStatus { StatusSamples.full }

  func metrics() async -> [MetricFamily] { Metrics().families }

  func rotateKeys() async throws -> ClientKeyStatus.Current {
    calls.withLock { $0.append("rotate") }
    if let failure { throw failure }
    guard let current = StatusSamples.full.clientKeys.current else { throw CancellationError() }
    return current
  }

  func reload() async -> ReloadOutcome? {
    calls.withLock { $0.append("reload") }
    return failure == nil
      ? ReloadOutcome(at: 5, changed: ["router.retries"]) : ReloadOutcome(at: 5, faults: ["no"])
  }

  func acceptRouterKey(_ fingerprint: KeyFingerprint) async throws -> RouterKeyStatus {
    calls.withLock { $0.append("\(fingerprint)") }
    if let failure { throw failure }
    return StatusSamples.full.routerKey
  }
}

@Suite struct AdminResponderTests {
  private let subject = StubSubject()

  private func responder(_ subject: StubSubject) throws -> AdminResponder {
    AdminResponder(
      subject: subject, access: try AccessPolicy(hosts: ["loopback"], origins: ["loopback"]),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func head(
    _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], isUnix: Bool = true
  ) -> RequestHead {
    RequestHead(
      method: method, path: path, fields: fields,
      peer: isUnix ? .unix(uid: 1, gid: 1, pid: 1) : .tcp(address: "127.0.0.1", port: 9))
  }

  private func refusal(_ head: RequestHead) throws -> OutboundAnswer? {
    if case .refuse(let answer) = try responder(subject).admit(head) { answer } else { nil }
  }

  private func code(_ answer: OutboundAnswer?) -> String? {
    guard let body = answer?.body else { return nil }
    let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    return (object?["error"] as? [String: Any])?["code"] as? String
  }

  // MARK: What it answers

  @Test func `status is the document`() async throws {
    let answer = await CollectedAnswer.of(try responder(subject), .get, "/status")
    #expect(answer.status == 200 && answer.body == StatusSamples.full.json)
  }

  @Test func `metrics hold what was counted and what the status says`() async throws {
    let answer = await CollectedAnswer.of(try responder(subject), .get, "/metrics")
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(text.contains("\nnomyo_proxy_exchanges_total{result=\"answered\"} 0\n"))
    #expect(text.contains("\nnomyo_proxy_client_key_generation 7\n"))
    #expect(!text.contains("sha256/") && !text.contains("api.nomyo.ai"))
  }

  @Test func `rotate says which key is current now`() async throws {
    let answer = await CollectedAnswer.of(try responder(subject), .post, "/rotate")
    #expect(subject.asked == ["rotate"])
    #expect(try ClientKeyStatus.Current(json: answer.body) == StatusSamples.full.clientKeys.current)
  }

  @Test func `a fingerprint is accepted`() async throws {
    let body = Array(#"{"fingerprint":"\#(StatusSamples.other)"}"#.utf8)
    let answer = await CollectedAnswer.of(try responder(subject), .post, "/trust/accept", body: body)
    #expect(subject.asked == ["\(StatusSamples.other)"])
    #expect(try RouterKeyStatus(json: answer.body) == StatusSamples.full.routerKey)
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"fingerprint":1}"#, #"{"fingerprint":"sha256/x"}"#, #""sha256/""#,
    #"{"fingerprint":"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB="}"#,
  ])
  func `nothing is accepted that is no fingerprint`(body: String) async throws {
    let answer = await CollectedAnswer.of(
      try responder(subject), .post, "/trust/accept", body: Array(body.utf8))
    #expect(answer.status == 400 && subject.asked == [])
    #expect(answer.errorMessage?.contains("sha256/BASE64") == true)
  }

  @Test func `what the operator can mend is told in its words, what is inside as a failure`() async throws {
    let refused = StubSubject(failure: AdminRefusal(code: "c", message: "Do this."))
    var answer = await CollectedAnswer.of(try responder(refused), .post, "/rotate")
    #expect(answer.status == 409 && answer.errorMessage == "Do this.")
    let broken = StubSubject(failure: CancellationError())
    answer = await CollectedAnswer.of(try responder(broken), .post, "/rotate")
    #expect(answer.status == 500)
  }

  @Test func `a reload answers what came of it, and one that was refused is no success`() async throws {
    var answer = await CollectedAnswer.of(try responder(subject), .post, "/reload")
    #expect(answer.status == 200 && subject.asked == ["reload"])
    #expect(try ReloadOutcome(json: answer.body) == ReloadOutcome(at: 5, changed: ["router.retries"]))
    answer = await CollectedAnswer.of(
      try responder(StubSubject(failure: CancellationError())), .post, "/reload")
    #expect(answer.status == 422)
    #expect(try ReloadOutcome(json: answer.body) == ReloadOutcome(at: 5, faults: ["no"]))
  }

  // MARK: What it refuses

  @Test(arguments: ["/", "/status/", "/v1/models", "/trust", "/metrics/x", "*", "/STATUS"])
  func `other paths are not there, and those that are get named`(path: String) throws {
    let answer = try #require(try refusal(head(.get, path)))
    #expect(answer.status == .notFound && code(answer) == "unknown_url")
    #expect(String(decoding: answer.body, as: UTF8.self).contains("GET /status, GET /metrics, POST /rotate"))
  }

  @Test(arguments: [
    (HTTPRequest.Method.post, "/status", "GET, HEAD"), (.put, "/metrics", "GET, HEAD"),
    (.get, "/rotate", "POST"),
    (.head, "/trust/accept", "POST"), (.options, "/rotate", "POST"), (.delete, "/rotate", "POST"),
  ])
  func `other methods are told which ones there are`(method: HTTPRequest.Method, path: String, allow: String)
    throws
  {
    let answer = try #require(try refusal(head(method, path)))
    #expect(answer.status == .methodNotAllowed && answer.fields[.allow] == allow)
  }

  @Test(arguments: AdminRoute.allCases)
  func `on a port the guard holds on every route`(route: AdminRoute) throws {
    let method = try #require(route.methods.first)
    let local = HTTPField.Name("host").map { [$0: "localhost:1"] as HTTPFields } ?? [:]
    #expect(try refusal(head(method, route.rawValue, local, isUnix: false)) == nil)
    #expect(try refusal(head(method, route.rawValue, isUnix: false))?.status == .forbidden)
    var foreign = local
    foreign[.origin] = "https://evil.example"
    #expect(try refusal(head(method, route.rawValue, foreign, isUnix: false))?.status == .forbidden)
    #expect(
      try refusal(head(method, route.rawValue, [.origin: "https://evil.example"]))?.status == .forbidden)
  }

  @Test(arguments: ["/rotate", "/trust/accept"])
  func `a page that may call has to send JSON, which takes a preflight that is refused`(path: String) throws {
    let page: HTTPFields = [.origin: "http://localhost:3000"]
    #expect(try refusal(head(.post, path, page))?.status == .unsupportedMediaType)
    var plain = page
    plain[.contentType] = "text/plain"
    #expect(try refusal(head(.post, path, plain))?.status == .unsupportedMediaType)
    var json = page
    json[.contentType] = "application/json; charset=utf-8"
    #expect(try refusal(head(.post, path, json)) == nil)
    #expect(try refusal(head(.options, path, page))?.fields[.allow] == "POST")
  }

  @Test func `no answer lets a page of another origin read it`() throws {
    let page: HTTPFields = [.origin: "http://localhost:3000"]
    let answer = try #require(try refusal(head(.get, "/nowhere", page)))
    #expect(!answer.fields.contains { $0.name.canonicalName.hasPrefix("access-control") })
  }

  @Test func `no body is longer than a fingerprint needs`() throws {
    guard case .receive(let limit) = try responder(subject).admit(head(.post, "/trust/accept")) else {
      Issue.record("not received")
      return
    }
    #expect(limit <= 1024)
    guard case .receive(0) = try responder(subject).admit(head(.get, "/status")) else {
      Issue.record("a body for GET")
      return
    }
  }

  @Test(
    arguments: [
      .malformed, .bodyTooLarge(limit: 1), .headerTimeout, .shuttingDown, .unanswered,
    ] as [ListenerFault])
  func `what goes wrong below has the shape of all errors`(fault: ListenerFault) throws {
    let answer = try responder(subject).answer(toFault: fault, head: nil)
    #expect(answer.status.code == fault.status.code && code(answer) != nil)
  }
}
