import Testing

@testable import Listener

/// Targets of request lines (RFC 9112 section 3.2).
@Suite(.timeLimit(.minutes(1))) struct TargetTests {
  @Test(
    arguments: [
      ("/", "/", nil, nil),
      ("/v1/models", "/v1/models", nil, nil),
      ("/a?b=c&d", "/a", "b=c&d", nil),
      ("/a?", "/a", "", nil),
      ("/a?b?c", "/a", "b?c", nil),
      ("/%2e%2E/%00", "/%2e%2E/%00", nil, nil),
      ("//evil.com/a", "//evil.com/a", nil, nil),
      ("/http://evil.com/", "/http://evil.com/", nil, nil),
      ("/?http://evil.com/", "/", "http://evil.com/", nil),
      ("http://localhost", "/", nil, "localhost"),
      ("http://localhost/", "/", nil, "localhost"),
      ("http://localhost:12439/v1/models?x=1", "/v1/models", "x=1", "localhost:12439"),
      ("http://localhost?x=1", "/", "x=1", "localhost"),
      ("HTTP://LocalHost/A", "/A", nil, "LocalHost"),
      ("https://[::1]:1/a", "/a", nil, "[::1]:1"),
      ("http://user@localhost/a", "/a", nil, "user@localhost"),
      ("http://evil.com/http://localhost/", "/http://localhost/", nil, "evil.com"),
      ("http://localhost\\@evil.com/a", "/a", nil, "localhost\\@evil.com"),
    ] as [(String, String, String?, String?)])
  func `a target is a path, a query and sometimes an authority`(
    _ text: String, _ path: String, _ query: String?, _ authority: String?
  ) throws {
    let target = try #require(RequestTarget(text, isOptions: false))
    #expect(target.path == path)
    #expect(target.query == query)
    #expect(target.authority == authority)
  }

  @Test(arguments: [
    "", "*", "a", "localhost:80", "localhost/a", "http:", "http:/a", "http://", "http:///a", "http://?x",
    "ftp://localhost/",
    "ws://localhost/", "file:///etc/passwd", "/a#b", "http://localhost/#x", "http://localhost#", "/a b",
    "/a\tb", "/\u{7F}",
    "/\u{0}", "/\r\nX: y", "/\u{E9}", "/\u{2028}", "?a", "\\a", "httpx://localhost/",
    "http\u{1A}//localhost/",
  ])
  func `anything else is no target`(_ text: String) {
    #expect(RequestTarget(text, isOptions: false) == nil)
  }

  @Test func `an asterisk is a target of OPTIONS alone`() {
    #expect(RequestTarget("*", isOptions: true)?.path == "*")
    #expect(RequestTarget("**", isOptions: true) == nil)
  }

  @Test func `the authority of an absolute target reaches the responder beside Host`() async throws {
    try await withServer { server in
      let caller = try server.connect()
      let answer = try await caller.exchange("GET http://a:1/b?c HTTP/1.1\r\nHost: other\r\n\r\n")
      #expect(answer.text == "GET /b?c a:1 -")
      #expect(try await caller.exchange("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").text == "OPTIONS * - -")
    }
  }

  @Test(arguments: ["a", "ftp://x/", "http://", "/a#b", "*", "localhost:80"])
  func `a request for what is no target is refused with 400`(_ text: String) async throws {
    try await withServer { server in
      let answer = try await server.connect().exchange("GET \(text) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.status == 400)
      #expect(answer["connection"] == "close")
    }
  }
}
