import JSONText
import Testing

@Suite("One line")
struct SingleLineTests {
  func line(_ value: JSONValue) -> String {
    var bytes: [UInt8] = []
    value.appendSingleLine(to: &bytes)
    return text(bytes)
  }

  @Test(
    "white space goes, everything else stays as written",
    arguments: [
      ("{ }", "{}"), ("[\n]", "[]"), (" 1 ", "1"), ("\t\"a b\"\n", "\"a b\""),
      (
        "{ \"a\" : [ 1.0 , 2e+00 ,\t-0 ] ,\r\n\"b\\u0020\":null }", "{\"a\":[1.0,2e+00,-0],\"b\\u0020\":null}"
      ),
      (#"["\/", "\u00E9", "é"]"#, #"["\/","\u00E9","é"]"#),
      (#"["  \"  ", "\\", " , "]"#, #"["  \"  ","\\"," , "]"#),
      ("[true , false]", "[true,false]"),
    ])
  func dropsWhiteSpace(written: String, expected: String) throws {
    #expect(line(try document(written).root) == expected)
  }

  @Test("raw line separators become escapes, in names and values, and other characters near them stay")
  func escapesSeparators() throws {
    let written =
      "{\"\u{85}a\": [\"\u{2028}\", \"x\u{2029}y\u{2028}\u{85}\", \"\u{84}\u{86}\u{2027}\u{202A}\u{A0}\"]}"
    #expect(
      line(try document(written).root)
        == #"{"\u0085a":["\u2028","x\u2029y\u2028\u0085","# + "\"\u{84}\u{86}\u{2027}\u{202A}\u{A0}\"]}")
  }

  @Test("an escaped backslash ahead of a separator does not hide it")
  func escapesAfterBackslash() throws {
    #expect(line(try document("\"\\\\\u{2028}\"").root) == #""\\\u2028""#)
  }

  @Test("only the value is appended, after what is there")
  func appendsInnerValues() throws {
    let elements = try #require(try document(#"[ {"a" : 1} , [ 2 ] , "x" ]"#).root.elements)
    var bytes = Array("data: ".utf8)
    for element in elements { element.appendSingleLine(to: &bytes) }
    #expect(text(bytes) == #"data: {"a":1}[2]"x""#)
  }

  @Test(
    "the line is valid, has no line breaks, means the same and stays itself", arguments: AcceptedTexts.all)
  func staysTheSameValue(_ item: TextCase) throws {
    let root = try JSONDocument(parsing: item.bytes).root
    let once = line(root)
    #expect(!once.unicodeScalars.contains { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) })
    let again = try document(once).root
    #expect(line(again) == once)
    #expect(again.kind == root.kind)
    #expect(again.string == root.string)
    #expect(again.number == root.number)
    #expect(again.elements?.count == root.elements?.count)
  }
}
