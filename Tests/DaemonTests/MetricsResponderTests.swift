import ClientKeys
import Foundation
import HTTPTypes
import Listener
import Logging
import RouterTrust
import Sealing
import Telemetry
import Testing

@testable import Daemon

/// A daemon of which only the figures can be had; steering it fails the test.
private struct WatchedSubject: AdminSubject {
  var waitingFor: [String] = []

  func status() async -> DaemonStatus {
    var status = StatusSamples.full
    status.waitingFor = waitingFor
    status.reason = "https://router.example is not there"
    return status
  }

  func metrics() async -> [MetricFamily] { Metrics().families }

  func rotateKeys() async throws -> ClientKeyStatus.Current {
    Issue.record("rotated")
    throw CancellationError()
  }

  func reload() async -> ReloadOutcome? {
    Issue.record("reloaded")
    return nil
  }

  func acceptRouterKey(_ fingerprint: KeyFingerprint) async throws -> RouterKeyStatus {
    Issue.record("accepted")
    throw CancellationError()
  }
}

@Suite struct MetricsResponderTests {
  private func responder(waitingFor: [String] = []) throws -> MetricsResponder {
    MetricsResponder(
      subject: WatchedSubject(waitingFor: waitingFor),
      access: try AccessPolicy(hosts: ["loopback", "addresses"], origins: []),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func refusal(
    _ method: HTTPRequest.Method, _ path: String, host: String? = "10.1.2.3:9464", _ fields: HTTPFields = [:]
  ) throws -> OutboundAnswer? {
    var fields = fields
    if let name = HTTPField.Name("host") { fields[name] = host }
    let head = RequestHead(
      method: method, path: path, fields: fields, peer: .tcp(address: "10.1.2.9", port: 9))
    if case .refuse(let answer) = try responder().admit(head) { return answer }
    return nil
  }

  @Test func `metrics are the operator's`() async throws {
    let answer = await CollectedAnswer.of(try responder(), .get, "/metrics")
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(answer.status == 200 && text.contains("\nnomyo_proxy_client_key_generation 7\n"))
  }

  @Test func `alive is alive`() async throws {
    let answer = await CollectedAnswer.of(try responder(waitingFor: ["router_key"]), .get, "/healthz")
    #expect(answer.status == 200 && answer.body == Array(#"{"status":"alive"}"#.utf8))
  }

  @Test func `ready says what it waits for and not why`() async throws {
    var answer = await CollectedAnswer.of(try responder(), .get, "/readyz")
    #expect(answer.status == 200 && answer.body == Array(#"{"status":"ready"}"#.utf8))
    answer = await CollectedAnswer.of(try responder(waitingFor: ["router_key"]), .get, "/readyz")
    #expect(answer.status == 503)
    #expect(answer.body == Array(#"{"status":"waiting","waiting_for":["router_key"]}"#.utf8))
  }

  @Test(arguments: ["/status", "/rotate", "/trust/accept", "/v1/chat/completions", "/", "/metrics/"])
  func `nothing else is there`(path: String) throws {
    let answer = try #require(try refusal(.get, path))
    #expect(answer.status == .notFound)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("GET /metrics, GET /healthz, GET /readyz"))
  }

  @Test(arguments: [HTTPRequest.Method.post, .put, .delete, .options])
  func `it is for looking`(method: HTTPRequest.Method) throws {
    let answer = try #require(try refusal(method, "/metrics"))
    #expect(answer.status == .methodNotAllowed && answer.fields[.allow] == "GET, HEAD")
  }

  @Test(arguments: ["10.1.2.3:9464", "[fd00::1]:9464", "localhost", "127.0.0.1:1"])
  func `addresses may be named, because no page can stand behind them`(host: String) throws {
    #expect(try refusal(.get, "/metrics", host: host) == nil)
  }

  @Test(arguments: [nil, "rebound.example", "10.1.2.3.example", "10.1.2", ""])
  func `names that nobody allowed may not`(host: String?) throws {
    #expect(try refusal(.get, "/metrics", host: host)?.status == .forbidden)
  }

  @Test(
    arguments: [
      [.origin: "http://localhost:3000"], [.origin: "http://10.1.2.3:9464"],
      [.origin: "null"], [.secFetchSite: "cross-site"], [.secFetchSite: "same-site"],
    ] as [HTTPFields])
  func `no web page reads it`(fields: HTTPFields) throws {
    #expect(try refusal(.get, "/metrics", fields)?.status == .forbidden)
  }
}

extension HTTPField.Name {
  fileprivate static let secFetchSite = HTTPField.Name("sec-fetch-site") ?? .accept
}
