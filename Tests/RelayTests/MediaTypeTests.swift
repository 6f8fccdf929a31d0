import Testing

@testable import Relay

@Suite struct MediaTypeTests {
  @Test(arguments: [
    nil, "", "application/json", "APPLICATION/JSON; charset=utf-8", "application/json ;charset=utf-8",
    "application/x-www-form-urlencoded", "text/plain", "application/octet-stream",
    "application/vnd.api+json", "nonsense", "application/jsonl",
  ])
  func `a program may send what can be JSON`(type: String?) {
    #expect(MediaType.mayBeJSON(type, isBrowser: false))
  }

  @Test(arguments: [
    "multipart/form-data; boundary=x", "image/png", "audio/wav", "video/mp4", "font/woff", "text/html",
    "text/xml",
    "application/xml", "application/pdf", "application/zip", "Image/PNG", " image/png",
  ])
  func `what can be nothing else is refused`(type: String) {
    #expect(!MediaType.mayBeJSON(type, isBrowser: false))
  }

  @Test(arguments: [
    nil, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
    "text/plain; application/json",
    "application/octet-stream", "text/json", "application/+jsonx",
    // No media types at all (RFC 9110 section 8.3.1), so no type that a page needs leave for.
    "application/jso\tn", "application /json", "application/ json", "application/a b+json",
    "application/a/b+json",
    "application/x-www-form-urlencoded, a/b+json", "application/\u{E9}+json", "application/json\u{301}",
  ])
  func `a web page has to say JSON, which needs a preflight`(type: String?) {
    #expect(!MediaType.mayBeJSON(type, isBrowser: true))
  }

  @Test(arguments: [
    "application/json", "application/json;charset=UTF-8", "application/vnd.api+json",
    " \tApplication/JSON\t ;x",
  ])
  func `a web page that says JSON is heard`(type: String) {
    #expect(MediaType.mayBeJSON(type, isBrowser: true))
  }
}
