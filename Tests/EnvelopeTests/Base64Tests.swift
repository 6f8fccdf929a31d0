import Foundation
import Testing

@testable import Envelope

@Suite struct Base64Tests {
  @Test func `encodes and decodes as Foundation does, at every length`() {
    var generator = SystemRandomNumberGenerator()
    for count in 0..<400 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var text: [UInt8] = []
      bytes.withUnsafeBytes { Base64.encode($0, into: &text) }
      #expect(String(decoding: text, as: UTF8.self) == Data(bytes).base64EncodedString())
      #expect(Base64.decode(text[...]) == bytes)
    }
  }

  @Test(arguments: [
    "A", "AA", "AAA", "AAAAA", "====", "A===", "AA=A", "=AAA", "AAAA====", "AAAAAA==AAAA", "AA==AA==", "AA-_",
    "AA A",
    "AAA\n", "AA\\=", "\u{00}AAA", "AAA\u{7F}", "ÿAA",
  ])
  func `refuses what is not canonical`(text: String) {
    #expect(Base64.decode(ArraySlice(text.utf8)) == nil)
  }

  @Test func `refuses bits that no encoder leaves in the last character`() {
    #expect(Base64.decode(ArraySlice("AA==".utf8)) == [0])
    #expect(Base64.decode(ArraySlice("AB==".utf8)) == nil)
    #expect(Base64.decode(ArraySlice("AAA=".utf8)) == [0, 0])
    #expect(Base64.decode(ArraySlice("AAB=".utf8)) == nil)
  }

  @Test func `refuses every byte outside the alphabet at every place`() {
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
      for place in 0..<8 {
        var text = Array("AAAAAAAA".utf8)
        text[place] = byte
        if byte == UInt8(ascii: "="), place == 7 { continue }
        #expect(Base64.decode(text[...]) == nil)
      }
    }
  }
}
