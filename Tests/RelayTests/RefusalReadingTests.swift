import HTTPTypes
import Testing

@testable import Relay
@testable import Upstream

/// What the router sends instead of an envelope is plain text by anybody: read what is there, trust none of it.
@Suite struct RefusalReadingTests {
  private func refusal(_ body: String, _ fields: HTTPFields = [:]) -> RouterRefusal {
    refusal(Array(body.utf8), fields)
  }

  private func refusal(_ body: [UInt8], _ fields: HTTPFields = [:]) -> RouterRefusal {
    RouterRefusal(
      UpstreamResponse(
        status: 400, fields: fields, body: body,
        timing: UpstreamTiming(
          connect: .zero, tls: .zero, firstByte: .zero, total: .zero, reusedConnection: false, http2: false)))
  }

  @Test(arguments: [
    (#"{"detail":"a string"}"#, "a string"),
    (#"{"detail":[{"loc":["body",0],"msg":"a list","type":"x"},{"msg":"second"}]}"#, "a list"),
    (#"{"detail":[{"loc":[]},{"msg":"the first that says something"}]}"#, "the first that says something"),
    (#"{"detail":["plain","list"]}"#, "plain"),
    (#"{"detail":{"message":"an object"}}"#, "an object"),
    (#"{"error":{"message":"OpenAI's"}}"#, "OpenAI's"),
    (#"{"error":"a word"}"#, "a word"),
    (#"{"message":"bare"}"#, "bare"),
    (#"{"detail":"caf\u00e9"}"#, "café"),
  ])
  func `an explanation is found in all its forms`(body: String, detail: String) {
    #expect(refusal(body).detail == detail)
  }

  @Test(arguments: [
    "", "<html>502</html>", "Internal Server Error", "[]", "null", "{", #"{"detail":null}"#, #"{"detail":7}"#,
    #"{"detail":[]}"#, #"{"detail":{}}"#, #"{"detail":"a","detail":"b"}"#, #"["detail"]"#,
    String(repeating: "[", count: 5000), #"{"detail":"\#(String(repeating: "x", count: 70_000))"}"#,
    #"{"detail":"\ud800"}"#,
  ])
  func `where there is none, nothing is made up`(body: String) {
    #expect(refusal(body).detail == nil)
  }

  @Test func `bytes that are no text are no explanation`() {
    #expect(refusal([0xFF, 0xFE, 0x00]).detail == nil)
    #expect(refusal(Array(#"{"detail":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8)).detail == nil)
  }

  @Test(arguments: [
    ("0", Duration.zero), ("7", .seconds(7)), ("1.5", .milliseconds(1500)), ("86400", .seconds(86_400)),
    ("86401", .seconds(86_400)),
    ("99999999999999999999999999", .seconds(86_400)), ("Thu, 01 Jan 2099 00:00:00 GMT", .seconds(86_400)),
    ("86401", .seconds(86_400)),
    ("99999999999999999999999999", .seconds(86_400)), ("Thu, 01 Jan 2099 00:00:00 GMT", .seconds(86_400)),
  ])
  func `Retry-After in seconds is understood`(text: String, wait: Duration) {
    #expect(refusal("", [.retryAfter: text]).retryAfter == wait)
  }

  @Test func `Retry-After as a date is understood`() {
    func wait(_ text: String, at now: Int) -> Duration? { Duration(retryAfter: text, at: now) }
    // RFC 9110 section 5.6.7's own example.
    #expect(wait("Sun, 06 Nov 1994 08:49:37 GMT", at: 784_111_770) == .seconds(7))
    #expect(wait("Sun, 06 Nov 1994 08:49:37 GMT", at: 784_111_900) == .zero)
    #expect(wait("Thu, 29 Feb 2024 23:59:59 GMT", at: 1_709_251_190) == .seconds(9))
    #expect(wait("Fri, 01 Mar 2024 00:00:00 GMT", at: 1_709_251_190) == .seconds(10))
  }

  @Test(arguments: [
    "-1", "nan", "inf", "1e400", "soon", "", "Wed, 21 Oct 2026 07:28:00", "7 s", ".", "1.2.3",
    "Wed, 21 Okt 2026 07:28:00 GMT", "Wed, 21 Oct 2026 24:28:00 GMT", "Wednesday, 21-Oct-26 07:28:00 GMT",
  ])
  func `any other Retry-After is left out`(text: String) {
    #expect(refusal("", [.retryAfter: text]).retryAfter == nil)
  }
}
