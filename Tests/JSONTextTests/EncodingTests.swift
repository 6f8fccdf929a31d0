import JSONText
import Testing

@Suite("UTF-8 in strings")
struct EncodingTests {
  /// What the standard library thinks of the bytes.
  static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  @Test("every pair of bytes is judged as the standard library judges it")
  func judgesPairs() {
    for first in UInt8(0x80)...0xFF {
      for second in UInt8(0x20)...0xFF where second != UInt8(ascii: "\"") && second != UInt8(ascii: "\\") {
        let content = [first, second]
        #expect((refusal(inString(content)) == nil) == Self.isUTF8(content), "\(content)")
      }
    }
  }

  @Test("sequences made of every lead byte and the edges of every range are judged alike")
  func judgesLongSequences() {
    let edges: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF]
    for lead in UInt8(0xC0)...0xFF {
      for second in edges {
        for third in edges {
          #expect((refusal(inString([lead, second, third])) == nil) == Self.isUTF8([lead, second, third]))
          for fourth in edges {
            let content = [lead, second, third, fourth]
            #expect((refusal(inString(content)) == nil) == Self.isUTF8(content), "\(content)")
          }
        }
      }
    }
  }

  @Test("a fault is found at every place in a word of eight bytes", arguments: 0..<24)
  func findsFaultAnywhere(offset: Int) {
    let ahead = [UInt8](repeating: UInt8(ascii: "a"), count: offset)
    let behind = [UInt8](repeating: UInt8(ascii: "z"), count: 24 - offset)
    let faults: [([UInt8], JSONSyntaxError.Reason)] = [
      ([0xC3, 0x41], .invalidUTF8), ([0x80], .invalidUTF8), ([0xED, 0xA0, 0x80], .invalidUTF8),
      ([0x1F], .controlCharacter), ([0x00], .controlCharacter), (Array("\\x".utf8), .invalidEscape),
    ]
    for (fault, reason) in faults {
      #expect(refusal(inString(ahead + fault + behind)) == JSONSyntaxError(reason, at: 2 + offset))
    }
    for good in ["\u{20}", "\u{7F}", "é", "€", "𝄞", "\\\"", "\\\\", "\\u00e9"] {
      #expect(refusal(inString(ahead + Array(good.utf8) + behind)) == nil)
    }
  }

  @Test("every byte alone in a string is accepted or refused for the right reason")
  func judgesEveryByte() {
    for byte in UInt8.min...UInt8.max {
      let reason = refusal(inString([byte]))?.reason
      switch byte {
      case 0..<0x20: #expect(reason == .controlCharacter)
      case UInt8(ascii: "\""): #expect(reason == .unexpectedByte)
      case UInt8(ascii: "\\"): #expect(reason == .unexpectedEnd)
      case 0x80...: #expect(reason == .invalidUTF8)
      default: #expect(reason == nil)
      }
    }
  }

  @Test("every byte outside strings is accepted or refused")
  func judgesEveryByteOutside() {
    for byte in UInt8.min...UInt8.max {
      let accepted = refusal([UInt8(ascii: "["), byte, UInt8(ascii: "]")]) == nil
      #expect(accepted == " \t\r\n0123456789".utf8.contains(byte), "\(byte)")
    }
  }

  @Test("every scalar survives raw and as an escape", arguments: [0, 1, 2])
  func decodesEveryScalar(part: UInt32) throws {
    var written: [UInt8] = [UInt8(ascii: "\"")]
    var expected = ""
    for value in part * 0x8000..<(part + 1) * 0x8000 {
      guard let scalar = Unicode.Scalar(part == 2 ? value * 8 : value) else { continue }
      expected.unicodeScalars.append(scalar)
      for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
        let digits = String(unit, radix: 16)
        written += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
      }
      if scalar.value > 0x5C {
        expected.unicodeScalars.append(scalar)
        written += Array(String(scalar).utf8)
      }
    }
    let value = try JSONDocument(parsing: written + [UInt8(ascii: "\"")]).root
    #expect(Array((value.string ?? "").utf8) == Array(expected.utf8))
  }
}
