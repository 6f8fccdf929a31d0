import JSONText
import Testing

@Suite("The grammar of RFC 8259")
struct GrammarTests {
  @Test("accepts", arguments: AcceptedTexts.all)
  func accepts(_ item: TextCase) throws {
    let document = try JSONDocument(parsing: item.bytes)
    #expect(document.bytes == item.bytes)
    #expect(item.bytes[..<document.root.range.lowerBound].allSatisfy { " \t\r\n".utf8.contains($0) })
    #expect(item.bytes[document.root.range.upperBound...].allSatisfy { " \t\r\n".utf8.contains($0) })
  }

  @Test("refuses with the right reason at the right byte", arguments: RefusedTexts.all)
  func refuses(_ item: RefusedCase) {
    #expect(refusal(item.bytes) == JSONSyntaxError(item.reason, at: item.offset))
  }

  @Test("refuses every accepted text when its last byte that counts is missing", arguments: AcceptedTexts.all)
  func refusesTruncated(_ item: TextCase) throws {
    let range = try JSONDocument(parsing: item.bytes).root.range
    // A number may be complete without its last digit.
    if "0"..."9" ~= Character(Unicode.Scalar(item.bytes[range.upperBound - 1])) { return }
    for end in range.lowerBound..<range.upperBound {
      #expect(refusal(Array(item.bytes[..<end])) != nil, "cut at \(end)")
    }
  }

  @Test("ignores white space around every token and keeps it", arguments: AcceptedTexts.all)
  func acceptsPadded(_ item: TextCase) throws {
    let padded = Array("\n\t ".utf8) + item.bytes + Array(" \r\n".utf8)
    let document = try JSONDocument(parsing: padded)
    let plain = try JSONDocument(parsing: item.bytes)
    #expect(Array(document.root.text) == Array(plain.root.text))
    #expect(document.bytes == padded)
  }

  @Test("there are enough cases that none is lost by accident, and no two of one name")
  func countsCases() {
    let names = AcceptedTexts.all.map(\.name) + RefusedTexts.all.map(\.name)
    #expect(names.count >= 250)
    #expect(Set(names).count == names.count)
  }

  @Test("error descriptions name the place and quote nothing but a duplicated name")
  func describesErrors() throws {
    #expect(
      refusal(Array(#"{"secret" 1}"#.utf8))?.description == "not valid JSON: an unexpected byte at byte 10")
    #expect(refusal([])?.description == "not valid JSON: no value at byte 0")
    #expect(
      refusal(Array("[[[]]]".utf8), depthLimit: 2)?.description
        == "not valid JSON: more than 2 levels of nesting at byte 2")
    for item in RefusedTexts.all where item.bytes.count > 4 {
      let description = refusal(item.bytes)?.description ?? ""
      #expect(!description.contains(text(item.bytes.dropFirst())))
    }
  }
}
