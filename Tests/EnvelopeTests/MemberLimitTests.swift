import Foundation
import TestVectors
import Testing

@testable import Envelope

@Suite struct MemberLimitTests {
  /// An honest envelope with so many members that nobody asked for, around the sealed parts or beside them.
  private static func envelope(adding count: Int, inside: Bool) -> [UInt8] {
    let text = String(decoding: TestVectors.bytes("responses/ok_basic.json"), as: UTF8.self)
    let first = inside ? "\"ciphertext\"" : "\"version\""
    let added = (0..<count).map { "\"x\($0)\":0," }.joined()
    return Array(text.replacing(first, with: added + first).utf8)
  }

  @Test(arguments: [(50, true), (50, false), (65, true), (65, false), (600, false)])
  func `an envelope may have some unknown members and not any number of them`(count: Int, inside: Bool) throws
  {
    let text = Self.envelope(adding: count, inside: inside)
    if count < 64 {
      #expect(throws: Never.self) { try SealedParts(reading: text, depthLimit: 8) }
    } else {
      #expect(throws: EnvelopeFault(.shape)) { try SealedParts(reading: text, depthLimit: 8) }
    }
  }
}
