import Envelope
import Foundation
import HTTPTypes
import JSONText
import Listener
import Platform
import Sealing
import Testing

@testable import DevRouter

/// The router from its listener's side, with a client that seals and opens by the same modules.
@Suite(.timeLimit(.minutes(1))) struct ResponderTests {
  private static let workers = WorkerThreads(count: 1, name: "test-rsa")
  private static let client: RSAPrivateKey? = try? RSAPrivateKey.generate(bits: 2048)
  private static let payloadID: PayloadID? = try? .random()
  /// One pair for all tests that do not replace it: a pair takes longer to make than all else here.
  private static let sharedKeys = Task { try await ownKeys() }

  private static func ownKeys() async throws -> RouterKeys {
    try await RouterKeys(bits: 2048, threads: workers)
  }

  /// A caller that keeps what it gets.
  private final class Sink: ReplySink {
    struct Record: Sendable {
      var status: Int?
      var body: [UInt8] = []
      var isAborted = false
    }

    let record = Locked(Record())

    func send(_ answer: OutboundAnswer) async -> Bool {
      record.withLock { ($0.status, $0.body) = (answer.status.code, answer.body) }
      return true
    }

    func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async -> Bool {
      record.withLock { $0.status = status.code }
      return true
    }

    func write(_ bytes: [UInt8]) async -> Bool {
      record.withLock { $0.body += bytes }
      return true
    }

    func finish() async -> Bool { true }

    func abort() async { record.withLock { $0.isAborted = true } }
  }

  private func router(
    _ keys: RouterKeys? = nil, apiKey: String? = nil, answersUnopened: Bool = false
  ) async throws -> DevRouterResponder {
    let shared = try await Self.sharedKeys.value
    return DevRouterResponder(
      keys: keys ?? shared, backend: .echo(EchoModel()), workers: Self.workers, apiKey: apiKey, wireLog: nil,
      answersUnopened: answersUnopened)
  }

  private func ask(
    _ router: DevRouterResponder, _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:],
    _ body: [UInt8] = []
  ) async -> Sink.Record {
    let sink = Sink()
    let head = RequestHead(
      method: method, path: path, fields: fields, peer: .tcp(address: "127.0.0.1", port: 1))
    await router.respond(to: InboundRequest(head: head, body: body), through: Reply(to: sink))
    return sink.record.withLock { $0 }
  }

  /// Seals a request for the key that the router hands out, and posts it.
  private func complete(
    _ router: DevRouterResponder, _ request: String = Self.hello, _ more: HTTPFields = [:]
  ) async throws -> Sink.Record {
    let document = await ask(router, .get, Wire.publicKeyPath)
    let key = try RSAPublicKey(document: document.body, minimumBits: 2048)
    return await post(router, try Envelope.seal(request: Array(request.utf8), for: key), more)
  }

  private func post(
    _ router: DevRouterResponder, _ envelope: [UInt8], _ more: HTTPFields = [:]
  ) async -> Sink.Record {
    var fields = more
    if let name = HTTPField.Name(Wire.publicKeyHeader), let pem = Self.client?.publicKey.pem {
      fields[name] = PublicKeyHeader.encode(pem)
    }
    if let name = HTTPField.Name(Wire.payloadIDHeader) { fields[name] = Self.payloadID?.description }
    return await ask(router, .post, Wire.completionPath, fields, envelope)
  }

  private func open(_ record: Sink.Record) throws -> OpenedEnvelope {
    try Envelope.open(
      response: record.body, with: try #require(Self.client), payloadID: try #require(Self.payloadID))
  }

  private func fault(_ router: DevRouterResponder, _ mode: String) async {
    let body = Array(#"{"mode":"\#(mode)"}"#.utf8)
    #expect(await ask(router, .post, "/dev/fault", [:], body).status == 200)
  }

  private static let hello = #"{"model":"echo","messages":[{"role":"user","content":"hello"}]}"#

  @Test func `a sealed request is opened, answered, and the answer sealed to its sender`() async throws {
    let record = try await complete(try await router())
    #expect(record.status == 200)
    #expect(!String(decoding: record.body, as: UTF8.self).contains("hello"))
    let opened = try open(record)
    #expect(String(decoding: opened.document.bytes, as: UTF8.self).contains(#""content":"hello""#))
    let metadata = try #require(try opened.object["_metadata"]?.object())
    #expect(metadata["payload_id"]?.string == Self.payloadID?.description)
    #expect(metadata["security_tier"]?.string == "standard")
  }

  @Test(arguments: [
    ("bad-tag", EnvelopeFault.Cause.authentication), ("wrong-key", .keyUnwrap), ("wrong-version", .version),
    ("wrong-payload-id", .payloadID), ("html", .outerJSON), ("plain", .shape),
  ])
  func `each way to answer wrongly is caught by the check that is meant`(
    mode: String, cause: EnvelopeFault.Cause
  ) async throws {
    let router = try await router()
    await fault(router, mode)
    let wrong = try await complete(router)
    #expect(wrong.status == 200)
    #expect(throws: EnvelopeFault(cause)) { _ = try open(wrong) }
    // The next one is right again.
    _ = try open(try await complete(router))
  }

  @Test func `status, drop and truncate do what they say`() async throws {
    let router = try await router()
    await fault(router, "status-503")
    #expect(try await complete(router).status == 503)
    await fault(router, "drop")
    let dropped = try await complete(router)
    #expect(dropped.isAborted && dropped.status == nil)
    await fault(router, "truncate")
    let truncated = try await complete(router)
    #expect(truncated.isAborted && truncated.status == 200 && !truncated.body.isEmpty)
    #expect(throws: EnvelopeFault(.outerJSON)) { _ = try open(truncated) }
  }

  @Test func `after a rotation an envelope for the old key cannot be opened`() async throws {
    let router = try await router(Self.ownKeys())
    let old = try RSAPublicKey(
      document: await ask(router, .get, Wire.publicKeyPath).body, minimumBits: 2048)
    let envelope = try Envelope.seal(request: Array(Self.hello.utf8), for: old)
    #expect(await post(router, envelope).status == 200)
    #expect(await ask(router, .post, "/dev/rotate").status == 200)
    #expect(await post(router, envelope).status == 400)
    #expect(try await complete(router).status == 200)
  }

  @Test func `with an API key nothing is answered without it but the public key`() async throws {
    let router = try await router(apiKey: "sk-dev")
    #expect(await ask(router, .get, Wire.publicKeyPath).status == 200)
    for fields in [[:], [.authorization: "Bearer sk-other"], [.authorization: "sk-dev"]] as [HTTPFields] {
      #expect(try await complete(router, Self.hello, fields).status == 401)
      #expect(await ask(router, .get, "/v1/models", fields).status == 401)
    }
    let own: HTTPFields = [.authorization: "Bearer sk-dev"]
    #expect(try await complete(router, Self.hello, own).status == 200)
    #expect(await ask(router, .get, "/v1/models", own).status == 200)
  }

  @Test(arguments: [
    (#"{"messages":[]}"#, 400), (#"{"model":"echo"}"#, 400), (#"{"model":"gpt","messages":[]}"#, 404),
    (#"{"model":"echo","messages":[],"stream":true}"#, 400), (#"{"model":"echo","messages":[]}"#, 200),
  ])
  func `the echo backend refuses what the protocol has no answer for`(request: String, status: Int)
    async throws
  {
    #expect(try await complete(try await router(), request).status == status)
  }

  @Test func `a request that cannot be opened, or names no key to answer to, is a 400`() async throws {
    let router = try await router()
    for body in ["", "{}", "<html>"] { #expect(await post(router, Array(body.utf8)).status == 400) }
    #expect(await ask(router, .post, Wire.completionPath, [:], Array("{}".utf8)).status == 400)
  }

  @Test func `for measurements it answers without opening`() async throws {
    let record = await post(try await router(answersUnopened: true), Array("not sealed".utf8))
    #expect(
      String(decoding: try open(record).document.bytes, as: UTF8.self).contains("A fixed answer."))
  }

  @Test func `the list of models has the open router's shape`() async throws {
    let record = await ask(try await router(), .get, "/v1/models")
    let object = try JSONSerialization.jsonObject(with: Data(record.body)) as? [String: Any]
    #expect(object?["object"] == nil)
    #expect((object?["data"] as? [[String: String]])?.map { $0["id"] } == EchoModel.names)
    #expect(await ask(try await router(), .get, "/nowhere").status == 404)
  }
}
