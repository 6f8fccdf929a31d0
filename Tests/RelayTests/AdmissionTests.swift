import HTTPTypes
import Listener
import Testing

@testable import Relay

/// What is decided from a request's head alone.
@Suite struct AdmissionTests {
  private func admit(_ head: RequestHead) async throws -> Admission {
    try await Rig(StubRouter(.hang)).responder().admit(head)
  }

  private func refusal(_ head: RequestHead) async throws -> OutboundAnswer? {
    if case .refuse(let answer) = try await admit(head) { answer } else { nil }
  }

  private func code(_ answer: OutboundAnswer?) -> String? {
    answer.flatMap { errorObject($0.body)?["code"] as? String }
  }

  @Test func `chat may have a body up to the limit, everything else a small one that nobody reads`()
    async throws
  {
    let responder = try await Rig(StubRouter(.hang)).responder()
    func limit(_ head: RequestHead) -> Int? {
      if case .receive(let limit) = responder.admit(head) { limit } else { nil }
    }
    #expect(limit(.of(.post, "/v1/chat/completions")) == 1 << 20)
    for path in ["/v1/models", "/v1/models/a%2Fb", "/healthz", "/readyz"] {
      #expect(limit(.of(.get, path)) == RouteChoice.ignoredBodyLimit)
      #expect(limit(.of(.head, path)) == RouteChoice.ignoredBodyLimit)
    }
  }

  @Test(arguments: ["/", "/v1/audio/speech", "/v1/moderations", "/favicon.ico", "/v1/models/%zz"])
  func `an unknown route is OpenAI's 404`(path: String) async throws {
    let head = RequestHead.of(.post, path)
    let answer = try #require(try await refusal(head))
    #expect(answer.status == .notFound)
    #expect(answer.fields[.requestID] == head.id.description)
    let error = try #require(errorObject(answer.body))
    #expect(error["code"] as? String == "unknown_url")
    #expect((error["message"] as? String)?.contains(path) == true)
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/v1/chat/completions", "POST"), (.head, "/chat/completions/", "POST"),
    (.put, "/v1/chat/completions", "POST"), (.options, "/v1/chat/completions", "POST"),
    (.post, "/v1/models", "GET, HEAD"), (.delete, "/v1/models/a", "GET, HEAD"),
    (.post, "/readyz", "GET, HEAD"),
  ])
  func `a wrong method is told the right ones`(
    method: HTTPRequest.Method, path: String, allow: String
  ) async throws {
    let answer = try #require(try await refusal(.of(method, path)))
    #expect(answer.status == .methodNotAllowed)
    #expect(answer.fields[.allow] == allow)
    #expect(code(answer) == "method_not_allowed")
  }

  @Test func `a media type that cannot be JSON is refused, what curl sends by itself is not`() async throws {
    let image = try await refusal(.of(.post, "/v1/chat/completions", [.contentType: "image/png"]))
    #expect(image?.status == .unsupportedMediaType)
    #expect(code(image) == "unsupported_media_type")
    let curl = [HTTPField.Name.contentType: "application/x-www-form-urlencoded"] as HTTPFields
    #expect(try await refusal(.of(.post, "/v1/chat/completions", curl)) == nil)
  }

  @Test(arguments: ["br", "br, gzip", "gzip, gzip, gzip, gzip, gzip"])
  func `a body that is compressed in another way is refused, with the ways that are known`(
    coding: String
  ) async throws {
    let answer = try await refusal(.of(.post, "/v1/chat/completions", [.contentEncoding: coding]))
    #expect(answer?.status == .unsupportedMediaType)
    #expect(code(answer) == "unsupported_content_encoding")
    #expect(answer?.fields[.acceptEncoding]?.contains("zstd") == true)
  }

  @Test(arguments: ["gzip", "zstd", "GZIP", "identity, deflate"])
  func `a body that is compressed as tools do it is received`(coding: String) async throws {
    #expect(try await refusal(.of(.post, "/v1/responses", [.contentEncoding: coding])) == nil)
  }

  @Test func `a WebSocket for Responses gets the answer that lets Codex go on at once`() async throws {
    let answer = try await refusal(.of(.get, "/v1/responses", [.upgrade: "websocket"]))
    #expect(answer?.status.code == 426)
    #expect(answer?.fields[.upgrade] == "HTTP/1.1")
    let plain = try await refusal(.of(.get, "/v1/responses"))
    #expect(plain?.status == .methodNotAllowed)
  }

  @Test(arguments: [
    ("/api/nothing", "{\"error\":\"There is no"), ("/v1/nothing", "{\"error\":{\"message\":\"There is no"),
  ])
  func `an error has the shape of the dialect that the path belongs to`(path: String, start: String)
    async throws
  {
    let answer = try #require(try await refusal(.of(.post, path)))
    #expect(answer.status == .notFound)
    #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix(start))
    let head = RequestHead.of(.post, "/v1/nothing", [.anthropicVersion: "2023-06-01"])
    let anthropic = try #require(try await refusal(head))
    #expect(String(decoding: anthropic.body, as: UTF8.self).contains("\"not_found_error\""))
    #expect(anthropic.fields[.named("request-id")] == head.id.description)
  }

  @Test func `no compression by its name is none`() async throws {
    #expect(try await refusal(.of(.post, "/v1/chat/completions", [.contentEncoding: "Identity"])) == nil)
  }

  // MARK: The door

  @Test(arguments: ["evil.example", "127.0.0.1.evil.example", "0.0.0.0:12439", "", "user@localhost"])
  func `a foreign Host is refused before anything else, on every route`(host: String) async throws {
    for path in ["/v1/chat/completions", "/nowhere", "/healthz"] {
      let answer = try await refusal(.of(.get, path, host: host))
      #expect(answer?.status == .forbidden)
      #expect(code(answer) == "host_not_allowed")
    }
  }

  @Test func `a foreign origin is refused, preflight included, and may not read why`() async throws {
    let fields: HTTPFields = [
      .origin: "http://localhost.evil.example", .named("access-control-request-method"): "POST",
    ]
    for method in [HTTPRequest.Method.post, .options, .get] {
      let answer = try #require(try await refusal(.of(method, "/v1/chat/completions", fields)))
      #expect(answer.status == .forbidden)
      #expect(code(answer) == "origin_not_allowed")
      #expect(!answer.fields.contains(.named("access-control-allow-origin")))
    }
  }

  @Test func `a page of another site without an origin is refused`() async throws {
    let answer = try await refusal(.of(.get, "/v1/models", [.named("sec-fetch-site"): "cross-site"]))
    #expect(code(answer) == "cross_site_not_allowed")
  }

  // MARK: Web pages that may

  private let origin = "http://localhost:3000"

  @Test func `a preflight is answered with what was asked for`() async throws {
    let answer = try #require(
      try await refusal(
        .of(
          .options, "/v1/chat/completions",
          [
            .origin: origin, .named("access-control-request-method"): "POST",
            .named("access-control-request-headers"): "authorization, x-stainless-lang",
            .named("access-control-request-private-network"): "true",
          ])))
    #expect(answer.status == .noContent)
    #expect(answer.body.isEmpty)
    #expect(answer.fields[.named("access-control-allow-origin")] == origin)
    #expect(answer.fields[.named("access-control-allow-headers")] == "authorization, x-stainless-lang")
    #expect(answer.fields[.named("access-control-allow-private-network")] == "true")
    #expect(answer.fields[.named("access-control-allow-credentials")] == nil)
    #expect(answer.fields[.vary] == "Origin")
  }

  @Test func `a page has to say that it sends JSON`() async throws {
    for type in [nil, "text/plain"] {
      var fields: HTTPFields = [.origin: origin]
      fields[.contentType] = type
      let answer = try await refusal(.of(.post, "/v1/chat/completions", fields))
      #expect(answer?.status == .unsupportedMediaType)
      #expect(answer?.fields[.named("access-control-allow-origin")] == origin)
    }
    let json: HTTPFields = [.origin: origin, .contentType: "application/json"]
    #expect(try await refusal(.of(.post, "/v1/chat/completions", json)) == nil)
  }

  @Test func `errors, answers and streams can all be read by the page that asked`() async throws {
    let rig = try await Rig(StubRouter(.say("hi")))
    let responder = try rig.responder()
    let fields: HTTPFields = [.origin: origin, .contentType: "application/json"]
    let stream = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}"#
    let bad = await responder.answer(.chat("{", fields))
    for sink in [
      bad, await responder.answer(.chat(Rig.body, fields)), await responder.answer(.chat(stream, fields)),
      await responder.answer(.get("/v1/models", fields)),
      await responder.answer(.get("/v1/models/none", fields)),
    ] {
      let head = try #require(sink.head)
      #expect(head.fields[.named("access-control-allow-origin")] == origin)
      #expect(head.fields[.named("access-control-expose-headers")]?.contains("x-request-id") == true)
    }
    #expect(bad.head?.status == 400)
    let fault = responder.answer(
      toFault: .bodyTimeout, head: .of(.post, "/v1/chat/completions", fields))
    #expect(fault.fields[.named("access-control-allow-origin")] == origin)
    guard case .refuse(let unknown) = responder.admit(.of(.get, "/nowhere", [.origin: origin])) else {
      Issue.record("an unknown route was admitted")
      return
    }
    #expect(unknown.fields[.named("access-control-allow-origin")] == origin)
  }
}
