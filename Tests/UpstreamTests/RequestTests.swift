import Testing

@testable import Upstream

@Suite struct RequestTests {
  @Test(arguments: ["https://a", "HTTPS://a/b?c#d", "https://[::1]:8443/x"])
  func secureURLsMayStart(url: String) {
    #expect(UpstreamRequest(url: url).fault(allowingHTTP: false) == nil)
  }

  @Test(arguments: ["http://a", "HtTp://a"])
  func clearTextNeedsToBeAllowed(url: String) {
    #expect(UpstreamRequest(url: url).fault(allowingHTTP: false) == .clearText)
    #expect(UpstreamRequest(url: url).fault(allowingHTTP: true) == nil)
  }

  @Test(arguments: [
    "", "https://", "localhost", "//localhost/", "ftp://a", "file:///etc/passwd", "httpss://a", " https://a",
    "https://a b/", "https://a/\0", "https://a/\r\nX: y", "https://a/\u{7F}", "https:/a/b/c",
  ])
  func otherURLsMayNot(url: String) {
    #expect(UpstreamRequest(url: url).fault(allowingHTTP: true) == .badURL)
  }

  @Test func errorsSayWhatToCheck() {
    #expect("\(UpstreamError.tls("self-signed certificate"))".contains("self-signed certificate"))
    #expect("\(UpstreamError.tooLarge(limit: 77))".contains("77"))
    #expect("\(UpstreamError.crowded(limit: 77))".contains("77"))
    #expect("\(UpstreamError.unreachable)".contains("check"))
  }
}
