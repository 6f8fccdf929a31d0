import Foundation
import HTTPTypes
import Listener
import RouterTrust
import Sealing
import Settings
import TestVectors
import Testing

@testable import Daemon
@testable import Platform
@testable import Upstream

/// A responder that answers each path as it is told, and notes what it is asked.
private final class StubWay: Responder {
  let answers: [String: OutboundAnswer]
  private let asked = Locked<[InboundRequest]>([])

  init(_ answers: [String: OutboundAnswer]) { self.answers = answers }

  var requests: [InboundRequest] { asked.withLock { $0 } }

  func admit(_ head: RequestHead) -> Admission { .receive(bodyLimit: 0) }

  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    OutboundAnswer(status: fault.status)
  }

  func respond(to request: InboundRequest, through reply: Reply) async {
    asked.withLock { $0.append(request) }
    if let answer = answers[request.head.path] { try? await reply.send(answer) }
  }
}

@Suite struct DoctorTests {
  private static let models = OutboundAnswer(
    status: .ok, body: Array(#"{"data":[{"id":"first"},{"id":"second"}]}"#.utf8))
  private static let chat = "/v1/chat/completions"

  private static func error(_ status: Int, _ message: String) -> OutboundAnswer {
    OutboundAnswer(
      status: HTTPResponse.Status(code: status), body: Array(#"{"error":{"message":"\#(message)"}}"#.utf8))
  }

  private func settings(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
    var settings = Settings()
    settings.router.proxy = .environment  // no name is looked up
    settings.router.trust = .tls
    settings.router.apiKey = Secret("sk-test")
    change(&settings)
    return settings
  }

  /// Walks with these answers and says what came of each step.
  private func walk(
    _ settings: Settings, key: Result<String, UpstreamError> = .success("keys/server_public_key.pem"),
    status: Int = 200, way: StubWay = StubWay(["/v1/models": models, chat: OutboundAnswer(status: .ok)]),
    memory: Result<SecureMemoryReport, SecureMemoryError> = .success(SecureMemoryReport(mode: .auto)),
    model: String? = nil
  ) async throws -> [DoctorStep] {
    let document = key.map { TestVectors.bytes($0) }
    let path = DoctorPath(
      fetchKeyDocument: { () async throws(UpstreamError) in
        UpstreamResponse(
          status: status, fields: [:], body: try document.get(),
          timing: UpstreamTiming(
            connect: .zero, tls: .zero, firstByte: .zero, total: .milliseconds(7), reusedConnection: false,
            http2: true))
      },
      makePair: { try RSAPrivateKey(document: TestVectors.bytes("keys/client_private_key.pem")) },
      responder: { _, _ in way }, close: {})
    let steps = Locked<[DoctorStep]>([])
    await Doctor(settings, memory: memory, model: model, path: path).walk { step in
      steps.withLock { $0.append(step) }
    }
    return steps.withLock { $0 }
  }

  private func named(_ name: String, _ steps: [DoctorStep]) throws -> DoctorStep {
    try #require(steps.first { $0.name == name }, "no step \(name) in \(steps.map(\.name))")
  }

  private func isFailure(_ step: DoctorStep, _ cause: DoctorStep.Cause) -> Bool {
    if case .failed(cause, let remedy) = step.outcome { !remedy.isEmpty } else { false }
  }

  // MARK: All is well

  @Test func `all the way, in the order of the way`() async throws {
    let way = StubWay(["/v1/models": Self.models, Self.chat: OutboundAnswer(status: .ok)])
    let steps = try await walk(settings(), way: way)
    #expect(
      steps.map(\.name) == [
        "configuration", "memory", "name look-up", "connection", "router key", "trust", "client key",
        "API key",
        "round trip",
      ])
    #expect(!steps.contains { if case .failed = $0.outcome { true } else { false } })
    #expect(try named("connection", steps).detail == "TLS, HTTP/2, 7 ms")
    let asked = try #require(way.requests.last)
    #expect(
      asked.head.path == Self.chat
        && String(decoding: asked.body, as: UTF8.self).contains("\"model\":\"first\""))
  }

  @Test func `the model that was named is asked for`() async throws {
    let way = StubWay(["/v1/models": Self.models, Self.chat: OutboundAnswer(status: .ok)])
    _ = try await walk(settings(), way: way, model: "mine \"quoted\"")
    let body = try #require(way.requests.last?.body)
    let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    #expect(object?["model"] as? String == "mine \"quoted\"")
  }

  // MARK: What is in the way

  @Test(
    arguments: [
      .unresolved, .unreachable, .connectTimedOut, .responseTimedOut, .tls("certificate has expired"),
      .disconnected,
    ] as [UpstreamError])
  func `a router that is not reached fails once, with a remedy, and what needs it is skipped`(
    error: UpstreamError
  ) async throws {
    let steps = try await walk(settings(), key: .failure(error))
    #expect(isFailure(try named("connection", steps), .router))
    #expect(steps.count { if case .failed = $0.outcome { true } else { false } } == 1)
    for name in ["router key", "API key", "round trip"] {
      #expect(try named(name, steps).outcome == .skipped)
    }
  }

  @Test func `another status than 200 is no router`() async throws {
    let steps = try await walk(settings(), status: 404)
    #expect(isFailure(try named("connection", steps), .router))
    #expect(try named("connection", steps).detail.contains("404"))
  }

  @Test(arguments: [
    "server_public_key.two_keys", "ec_public_key", "rsa1024_public_key", "server_public_key.html",
  ])
  func `a router with a key that is refused is sent nothing more`(name: String) async throws {
    let steps = try await walk(settings(), key: .success("keys/\(name).pem"))
    #expect(isFailure(try named("router key", steps), .router))
    #expect(try named("API key", steps).outcome == .skipped)
    #expect(try named("round trip", steps).outcome == .skipped)
  }

  @Test func `a key that is not pinned gets nothing sealed`() async throws {
    let way = StubWay(["/v1/models": Self.models, Self.chat: OutboundAnswer(status: .ok)])
    let steps = try await walk(settings { $0.router.trust = .pinned }, way: way)
    let trust = try named("trust", steps)
    #expect(isFailure(trust, .router))
    #expect(try named("round trip", steps).outcome == .skipped)
    #expect(!way.requests.contains { $0.head.path == Self.chat })
  }

  @Test func `a pinned key is sealed for`() async throws {
    let key = try RSAPublicKey(document: TestVectors.bytes("keys/server_public_key.pem"), minimumBits: 2048)
    let steps = try await walk(settings { ($0.router.trust, $0.router.pins) = (.pinned, [key.fingerprint]) })
    #expect(try named("trust", steps).outcome == .passed)
    #expect(try named("round trip", steps).outcome == .passed)
  }

  @Test(
    arguments: [
      (401, .permission), (403, .permission), (429, .passing), (503, .passing), (502, .router),
      (504, .router),
    ] as [(Int, DoctorStep.Cause)])
  func `what the router says of the API key is told with its remedy`(status: Int, cause: DoctorStep.Cause)
    async throws
  {
    let way = StubWay(["/v1/models": Self.error(status, "It says no. Do this. Then that.")])
    let step = try named("API key", try await walk(settings(), way: way))
    #expect(step.detail == "It says no")
    #expect(step.outcome == .failed(cause, remedy: "Do this. Then that."))
  }

  @Test func `a router that works without a key is worth a warning`() async throws {
    let step = try named("API key", try await walk(settings { $0.router.apiKey = nil }))
    guard case .warned = step.outcome else {
      Issue.record("\(step)")
      return
    }
  }

  @Test func `a round trip that fails says what callers would be told`() async throws {
    let way = StubWay([
      "/v1/models": Self.models, Self.chat: Self.error(502, "It could not be verified. Look."),
    ])
    let step = try named("round trip", try await walk(settings(), way: way))
    #expect(step.outcome == .failed(.router, remedy: "Look."))
  }

  @Test func `no answer at all is a failure`() async throws {
    let step = try named("round trip", try await walk(settings(), way: StubWay(["/v1/models": Self.models])))
    #expect(isFailure(step, .router))
  }

  @Test func `without a model there is nothing to ask for`() async throws {
    let way = StubWay(["/v1/models": OutboundAnswer(status: .ok, body: Array(#"{"data":[]}"#.utf8))])
    let step = try named("round trip", try await walk(settings(), way: way))
    #expect(step.outcome == .skipped && step.detail.contains("--model"))
  }

  // MARK: This machine

  @Test func `memory that is required and cannot be had is a matter of permission`() async throws {
    let error = SecureMemoryError(description: "Lift the limit.")
    let steps = try await walk(settings(), memory: .failure(error))
    #expect(try named("memory", steps).outcome == .failed(.permission, remedy: error.description))
  }

  @Test func `memory that is not locked is a warning with its remedy`() async throws {
    var report = SecureMemoryReport(mode: .auto)
    report.remedy = "Lift the limit."
    let steps = try await walk(settings(), memory: .success(report))
    #expect(try named("memory", steps).outcome == .warned(remedy: "Lift the limit."))
  }

  @Test func `a name without an address fails by name`() async throws {
    let steps = try await walk(
      settings { settings in
        settings.router.proxy = .direct
        if let url = RouterURL(string: "https://no-such-router.invalid") { settings.router.url = url }
      })
    let step = try named("name look-up", steps)
    #expect(isFailure(step, .router) && step.detail.hasPrefix("no-such-router.invalid"))
  }

  @Test func `clear text is a warning`() async throws {
    let steps = try await walk(
      settings { settings in
        if let url = RouterURL(string: "http://127.0.0.1:1") { settings.router.url = url }
      })
    guard case .warned = try named("connection", steps).outcome else {
      Issue.record("\(steps)")
      return
    }
  }
}
