import Foundation
import Testing

@testable import RouterTrust

@Suite struct TrustBookTests {
  private var book: TrustBook {
    var (book, router) = (TrustBook(), RememberedRouter())
    router.accept(fingerprint(1), keepingOthers: false, at: 17)
    router.seen = fingerprint(2)
    book.routers = [routerURL: router, "https://\"quoted\\\u{1F511}\u{2028}": RememberedRouter()]
    return book
  }

  @Test func `a book is read back as it was written`() throws {
    #expect(try TrustBook(json: book.json) == book)
    #expect(try TrustBook(json: TrustBook().json) == TrustBook())
  }

  @Test(arguments: [
    "", "{}", "[]", "null", "{\"version\":1}",
    #"{"version":2,"routers":{},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{},"log":{"entries":0,"hash":"HASH"},"more":1}"#,
    #"{"version":1,"routers":{},"routers":{},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":[],"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{},"log":{"entries":-1,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{},"log":{"entries":0,"hash":"00"}}"#,
    #"{"version":1,"routers":{"a":{"trusted":[1]}},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{"a":{"trusted":{}}},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{"a":{"trusted":[],"seen":"sha256/x"}},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{"a":{"trusted":[],"other":1}},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{"a":{"trusted":[{"key":"KEY","since":0,"by":"me"}]}},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{"a":{"trusted":[{"key":"KEY","by":"pin"}]}},"log":{"entries":0,"hash":"HASH"}}"#,
    #"{"version":1,"routers":{},"log":{"entries":0,"hash":"HASH"}} trailing"#,
  ])
  func `what is not understood is refused`(text: String) {
    let filled = text.replacing("HASH", with: TrustLogEntry.origin).replacing(
      "KEY", with: "\(fingerprint(1))")
    #expect(throws: TrustBook.Unreadable.self) { try TrustBook(json: Array(filled.utf8)) }
  }

  @Test func `a record that was cut anywhere is refused`() {
    let json = book.json
    // The last byte is the line's end, without which the text is still whole.
    for length in 0..<json.count - 1 {
      #expect(throws: TrustBook.Unreadable.self) { try TrustBook(json: Array(json[..<length])) }
    }
  }

  @Test func `any byte changed to any of a few others is refused or another book, and never traps`() {
    let json = book.json
    for index in json.indices {
      for byte: UInt8 in [0, 0x22, 0x7B, 0x2C, 0xFF] where byte != json[index] {
        var changed = json
        changed[index] = byte
        if let other = try? TrustBook(json: changed) { #expect(other != book || index == json.count - 1) }
      }
    }
  }
}
