import Foundation
import Testing

@testable import APIDocumentation

@Suite struct DocumentationPageTests {
  private let html = String(decoding: DocumentationPage.html, as: UTF8.self)

  @Test func `base64 is RFC 4648's`() {
    for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{FF}\u{0}\u{3E}ÿ?"] {
      let bytes = Array(text.utf8)
      #expect(DocumentationPage.base64(bytes) == Data(bytes).base64EncodedString())
    }
  }

  @Test func `the page has one script and one style, which are those that its policy lets run`() throws {
    for (element, content) in [("script", DocumentationPage.script), ("style", DocumentationPage.style)] {
      let parts = html.components(separatedBy: "<\(element)")
      #expect(parts.count == 2)
      #expect(parts.last?.components(separatedBy: "</\(element)>").first == ">" + content)
    }
  }

  @Test func `the policy lets nothing else in`() {
    let directives = Set(
      DocumentationPage.contentSecurityPolicy.components(separatedBy: "; ").map {
        $0.prefix { $0 != " " }.description
      })
    #expect(DocumentationPage.contentSecurityPolicy.hasPrefix("default-src 'none'; "))
    #expect(
      directives.isSuperset(of: [
        "script-src", "style-src", "connect-src", "base-uri", "form-action", "frame-ancestors",
        "require-trusted-types-for",
      ]))
    for loophole in ["unsafe", "*", "http:", "https:", "blob:", "nonce"] {
      #expect(!DocumentationPage.contentSecurityPolicy.contains(loophole))
    }
  }

  @Test func `nothing is loaded from anywhere and nothing becomes markup`() throws {
    let address = try Regex(
      "(src|href)=\"(?!#|data:|openapi\\.json)|\\burl\\(|@import|https?://(?!www\\.w3\\.org/2000/svg)")
    #expect(html.matches(of: address).map { String(html[$0.range]) } == [])
    for danger in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
      "setAttribute('style'",
      " style=\"", " onclick=\"", "localStorage", "sessionStorage", "document.cookie", "indexedDB",
    ] {
      #expect(!html.contains(danger), "\(danger)")
    }
  }

  @Test func `script and style do not end their elements early`() {
    #expect(!DocumentationPage.script.lowercased().contains("</script"))
    #expect(!DocumentationPage.script.contains("<!--"))
    #expect(!DocumentationPage.style.lowercased().contains("</style"))
  }

  @Test func `the headers keep the page to itself`() {
    let fields = Dictionary(uniqueKeysWithValues: DocumentationPage.fields.map { ($0.name, $0.value) })
    #expect(fields["Content-Type"] == "text/html; charset=utf-8")
    #expect(fields["Content-Security-Policy"] == DocumentationPage.contentSecurityPolicy)
    #expect(fields["X-Content-Type-Options"] == "nosniff")
    #expect(fields["Referrer-Policy"] == "no-referrer")
  }
}
