import HTTPTypes
import Testing

@testable import Listener

/// Rule 5 of CLIENTS.md section 8: what pages of allowed origins are told.
@Suite struct CORSTests {
  private let policy = AccessPolicyTests.standard

  private func preflight(
    _ origin: String? = "http://localhost:3000", _ more: HTTPFields = [:],
    method: HTTPRequest.Method = .options
  ) -> RequestHead {
    var fields = more
    fields[.requestMethod] = "POST"
    fields[.origin] = origin
    return AccessPolicyTests.head(fields, method: method)
  }

  @Test func `a preflight of an allowed origin is answered without a body`() throws {
    let answer = try #require(policy.preflightAnswer(to: preflight()))
    #expect(answer.status == .noContent)
    #expect(answer.body.isEmpty)
    #expect(answer.fields[.allowOrigin] == "http://localhost:3000")
    #expect(answer.fields[.vary] == "Origin")
    #expect(answer.fields[.allowMethods] == "GET, POST, HEAD, OPTIONS")
    #expect(answer.fields[.maxAge] == "600")
    #expect(answer.fields[.allowHeaders] == nil)
    #expect(answer.fields[.allowPrivateNetwork] == nil)
  }

  @Test func `the fields that a page asks for are the ones that it may send`() {
    let asked = "authorization, content-type, x-stainless-arch, anthropic-dangerous-direct-browser-access"
    let answer = policy.preflightAnswer(to: preflight("app://obsidian.md", [.requestHeaders: asked]))
    #expect(answer?.fields[.allowHeaders] == asked)
    #expect(answer?.fields[.allowOrigin] == "app://obsidian.md")
  }

  @Test(arguments: [("true", "true"), ("false", nil), ("TRUE", nil), ("", nil)] as [(String, String?)])
  func `the private network is opened only to who asks for it`(_ asked: String, _ granted: String?) {
    let answer = policy.preflightAnswer(to: preflight("http://localhost", [.requestPrivateNetwork: asked]))
    #expect(answer?.fields[.allowPrivateNetwork] == granted)
  }

  @Test func `credentials and any origin are never allowed`() throws {
    let credentials = try #require(HTTPField.Name("access-control-allow-credentials"))
    let origins = ["http://localhost", "null", "*", "http://evil.com", "vscode-webview://x", "app://other"]
    for policy in [policy, AccessPolicyTests.policy(origins: ["null", "file://", "http://*", "x://*"])] {
      for origin in origins {
        let fields = policy.preflightAnswer(to: preflight(origin))?.fields ?? [:]
        #expect(!fields.contains(credentials))
        #expect(fields[.allowOrigin] != "*")
        let simple = policy.corsFields(for: preflight(origin))
        #expect(!simple.contains(credentials) && simple[.allowOrigin] != "*")
      }
    }
  }

  @Test func `what is no preflight is not answered as one`() {
    #expect(policy.preflightAnswer(to: preflight(nil)) == nil)
    for method in [HTTPRequest.Method.get, .post, .head, .put] {
      #expect(policy.preflightAnswer(to: preflight(method: method)) == nil)
    }
    let options = AccessPolicyTests.head([.origin: "http://localhost"], method: .options)
    #expect(policy.preflightAnswer(to: options) == nil)
  }

  @Test func `an allowed page may read its answer and what it needs for trying again`() {
    let fields = policy.corsFields(for: preflight("https://127.0.0.1:8443"))
    #expect(fields[.allowOrigin] == "https://127.0.0.1:8443")
    #expect(fields[.vary] == "Origin")
    let exposed = fields[.exposeHeaders]?.split(separator: ", ").map(String.init) ?? []
    #expect(Set(exposed).isSuperset(of: ["x-request-id", "retry-after", "retry-after-ms"]))
  }

  @Test(arguments: ["http://evil.com", "null", "", "http://localhost.evil.com", "http://LOCALHOST@evil.com"])
  func `other pages may read nothing`(_ origin: String) {
    #expect(policy.corsFields(for: preflight(origin)).isEmpty)
  }

  @Test func `programs are told nothing about pages`() {
    #expect(policy.corsFields(for: AccessPolicyTests.head()).isEmpty)
  }

  @Test func `null is answered as null where the configuration allows it`() {
    let policy = AccessPolicyTests.policy(origins: ["null"])
    #expect(policy.corsFields(for: preflight("null"))[.allowOrigin] == "null")
  }
}
