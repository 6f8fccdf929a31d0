import JSONText
import Testing

@Suite("Values")
struct ValueTests {
  @Test("each kind is told apart and answers nil to the questions of the others")
  func tellsKindsApart() throws {
    let elements = try #require(try document(#"[{}, [], "s", 7, true, null]"#).root.elements)
    #expect(elements.map(\.kind) == [.object, .array, .string, .number, .bool, .null])
    #expect(try elements.map { try $0.object() != nil } == [true, false, false, false, false, false])
    #expect(elements.map { $0.elements != nil } == [false, true, false, false, false, false])
    #expect(elements.map { $0.string != nil } == [false, false, true, false, false, false])
    #expect(elements.map { $0.stringContent != nil } == [false, false, true, false, false, false])
    #expect(elements.map { $0.integer != nil } == [false, false, false, true, false, false])
    #expect(elements.map { $0.number != nil } == [false, false, false, true, false, false])
    #expect(elements.map { $0.bool != nil } == [false, false, false, false, true, false])
    #expect(elements.map(\.isNull) == [false, false, false, false, false, true])
  }

  @Test("text and range are those of the document, white space outside left out")
  func keepsText() throws {
    let document = try document(" [ 1.50 , { \"a\" :\t[ ] } ]\n")
    let elements = try #require(document.root.elements)
    #expect(document.root.range == 1..<25)
    #expect(elements.map { text($0.text) } == ["1.50", "{ \"a\" :\t[ ] }"])
    #expect(elements.map { Array(document.bytes[$0.range]) } == elements.map { Array($0.text) })
  }

  @Test(
    "integers",
    arguments: [
      ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int.max),
      ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("-9223372036854775809", nil),
      ("92233720368547758070", nil), ("1.0", nil), ("1e3", nil), ("1E3", nil), ("-1.5", nil), ("0.0", nil),
      ("123456789012345678901234567890", nil), ("\"1\"", nil),
    ])
  func readsIntegers(written: String, value: Int?) throws {
    #expect(try document(written).root.integer == value)
  }

  @Test(
    "doubles",
    arguments: [
      ("0", 0), ("-0.0", -0.0), ("1.5", 1.5), ("1e3", 1000), ("1E+3", 1000), ("12e-1", 1.2), ("0.1", 0.1),
      ("5e-324", Double.leastNonzeroMagnitude), ("1e-400", 0),
      ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
      ("1e309", nil), ("-1e999999999999999999999", nil), ("9007199254740993", 9_007_199_254_740_992),
      ("0.1e00000000000000000000000000001", 1), ("true", nil), ("\"1.5\"", nil),
    ])
  func readsDoubles(written: String, value: Double?) throws {
    let read = try document(written).root.number
    #expect(read == value)
    #expect(read?.sign == value?.sign)
  }

  @Test(
    "strings are decoded",
    arguments: [
      (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud834\udd1E""#, "𝄞"), (#""é€𝄞""#, "é€𝄞"),
      (#""a\u0000b""#, "a\0b"), (#""\\u0041""#, "\\u0041"), (#""\\\u0041""#, "\\A"),
      (#""x\ud83d\ude00y\n""#, "x😀y\n"), (#""\ufeff""#, "\u{FEFF}"),
    ])
  func decodesStrings(written: String, value: String) throws {
    let root = try document(written).root
    #expect(root.string.map { Array($0.utf8) } == Array(value.utf8))
    #expect(root.stringContent.map(text) == String(written.dropFirst().dropLast()))
  }

  @Test(
    "a lone surrogate escape makes the decoded string nil and leaves the raw content",
    arguments: [
      #"\ud800"#, #"\udfff"#, #"a\ud800b"#, #"\ud800\ud800\udc00"#, #"\udc00\ud800"#, #"\ud800\n"#,
      #"\ud800\\udc00"#, #"\ud83d\u0041"#, #"\uDBFF\uDBFF"#,
    ])
  func refusesToDecodeLoneSurrogates(content: String) throws {
    let root = try document("\"\(content)\"").root
    #expect(root.string == nil)
    #expect(root.stringContent.map(text) == content)
  }

  @Test("elements are found whatever stands between them")
  func findsElements() throws {
    let written = [
      "1", "-2.5e+3", "\"a,]\\\"[\"", "[1,[2],{\"x\":[\"]\"]}]", "{\"]\":\"}\"}", "true", "false", "null",
      "\"\\\\\"", "[]",
    ]
    for separator in [",", " , ", "\n,\t\r"] {
      let elements = try #require(
        try document("[" + written.joined(separator: separator) + "]").root.elements)
      #expect(elements.map { text($0.text) } == written)
    }
    #expect(try document("[ \n]").root.elements?.isEmpty == true)
    #expect(try document("{}").root.lazyElements == nil)
  }

  @Test("lazy elements are those of the array, from the first on each time")
  func findsElementsLazily() throws {
    let root = try document(#"[0 , [1],"]" ]"#).root
    let elements = try #require(root.lazyElements)
    #expect(elements.map { text($0.text) } == ["0", "[1]", #""]""#])
    #expect(elements.first { $0.kind == .string }?.string == "]")
    #expect(Array(elements).map(\.range) == root.elements?.map(\.range))
  }

  @Test("values outlive the document they came from")
  func keepsStorageAlive() throws {
    func value() throws -> JSONValue? { try document(#"{"a":{"b":"c"}}"#).root.object()?["a"] }
    #expect(try value()?.object()?["b"]?.string == "c")
  }
}
