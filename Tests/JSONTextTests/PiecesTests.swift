import JSONText
import Testing

@Suite("Pieces of string content")
struct PiecesTests {
  func pieces(_ content: String, _ characters: Int) -> [String] {
    JSONStringPieces(Array(content.utf8)[...], characters: characters).map(text)
  }

  /// The content decoded, by way of a document.
  func decoded(_ content: some Sequence<UInt8>) throws -> String? {
    try JSONDocument(parsing: [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]).root.string
  }

  @Test(
    "cuts fall between characters",
    arguments: [
      ("", []), ("a", ["a"]), ("abc", ["a", "b", "c"]), (#"a\nb"#, ["a", #"\n"#, "b"]),
      (#"\u0041\u00e9"#, [#"\u0041"#, #"\u00e9"#]), (#"\ud83d\ude00x"#, [#"\ud83d\ude00"#, "x"]),
      (#"e\u0301f"#, [#"e\u0301"#, "f"]), (#"\r\n\n\r"#, [#"\r\n"#, #"\n"#, #"\r"#]),
      ("👩‍👩‍👧🇩🇪🇫🇷", ["👩‍👩‍👧", "🇩🇪", "🇫🇷"]), ("👍🏽👍", ["👍🏽", "👍"]),
      (#"\uD83C\uDDE9\uD83C\uDDEA\uD83C\uDDEB"#, [#"\uD83C\uDDE9\uD83C\uDDEA"#, #"\uD83C\uDDEB"#]),
      ("\u{1112}\u{1161}\u{11AB}한", ["\u{1112}\u{1161}\u{11AB}", "한"]),
      (#"\ud800\u0301"#, [#"\ud800\u0301"#]), (#"\ud800\ud800\udc00"#, [#"\ud800"#, #"\ud800\udc00"#]),
      (#"\udc00a"#, [#"\udc00"#, "a"]), (#"\\\"\/"#, [#"\\"#, #"\""#, #"\/"#]),
      ("a\u{301}\u{302}b", ["a\u{301}\u{302}", "b"]), ("\u{301}a", ["\u{301}", "a"]),
      ("नमस्ते", ["न", "म", "स्ते"]),
    ])
  func cutsBetweenCharacters(content: String, expected: [String]) {
    #expect(pieces(content, 1).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test("pieces are as long as asked, the last one as long as is left", arguments: 1...12)
  func countsCharacters(characters: Int) {
    let content = #"ab\ncé👩‍👩‍👧\u00e9xyz "#
    let counts = pieces(content, characters).map { piece in
      piece.replacing("\\n", with: "n").replacing("\\u00e9", with: "é").count
    }
    #expect(counts.reduce(0, +) == 11)
    #expect(counts.dropLast().allSatisfy { $0 == characters })
    #expect(counts.last.map { 1...characters ~= $0 } == true)
  }

  @Test("zero or fewer characters mean one", arguments: [0, -1, Int.min])
  func makesProgress(characters: Int) {
    #expect(pieces("abc", characters) == ["a", "b", "c"])
  }

  @Test("a huge count gives the whole")
  func givesWhole() {
    #expect(pieces("abc\u{301}", .max) == ["abc\u{301}"])
  }

  @Test("slices are cut by their own indices")
  func cutsSlices() {
    let bytes = Array("0123456789".utf8)
    let cut = Array(JSONStringPieces(bytes[3..<8], characters: 2))
    #expect(cut.map { $0.indices } == [3..<5, 5..<7, 7..<8])
    #expect(Array(JSONStringPieces(bytes[4..<4], characters: 2)).isEmpty)
  }

  @Test(
    "a character without end is cut at 64 scalars",
    arguments: [
      ("x", "\u{301}"), ("x", "\\u0301"), ("", "👩\u{200D}"), ("x", "\u{FE0F}"), ("\u{1112}", "\u{1161}"),
    ])
  func boundsClusters(base: String, mark: String) throws {
    let content = Array((base + String(repeating: mark, count: 1000) + "y").utf8)
    let cut = Array(JSONStringPieces(content[...], characters: 1))
    #expect(cut.flatMap { $0 } == content)
    let lengths = try cut.map { try decoded($0)?.unicodeScalars.count ?? 0 }
    #expect(lengths.dropLast(2).allSatisfy { $0 == 64 })
    #expect((lengths.max() ?? 0) == 64)
  }

  /// Scalars of every grapheme breaking class, and pairs that must not be cut, as content is written.
  static let alphabet: [String] = [
    "a", "é", "e\u{301}", "\u{301}", "\u{308}", "\u{200D}", "\u{FE0F}", "👩", "❤", "🏽", "🇩", "🇪", "🇫", "한",
    "\u{1100}", "\u{1161}", "\u{11A8}", "가", "각", "न", "\u{94D}", "\u{200C}", "क", "\u{93F}", "\u{903}",
    "\u{600}",
    "\u{E01}", "\u{E33}", "\u{7F}", "\u{85}", "\u{2028}", "\u{AD}", "\u{180E}", "中", "😀", "\u{1F1E6}", " ",
    "Z",
    #"\r"#, #"\n"#, #"\t"#, #"\""#, #"\\"#, #"\/"#, #"\u000D"#, #"\u000a"#, #"\u0301"#, #"\u200d"#,
    #"\ud83d\udc69"#,
    #"\uD83C\uDDE9"#, #"\ud83c\udffd"#, #"\u0041"#, #"\u1100"#, #"\u1161"#, #"\u094d"#, #"\u0915"#,
    #"\uFE0F"#,
    "\u{1193F}", "\u{11941}", "©", "\u{E0067}", "\u{E007F}", "🏴",
  ]

  @Test("random content is cut only where Swift's own characters end", arguments: 0..<300)
  func agreesWithCharacters(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1..<60, using: &generator)
    let content = (0..<count).map { _ in Self.alphabet.randomElement(using: &generator) ?? "" }.joined()
    let bytes = Array(content.utf8)
    let whole = try #require(try decoded(bytes))
    // Above the bound on clusters the two must differ.
    guard whole.allSatisfy({ $0.unicodeScalars.count < 64 }) else { return }
    for characters in [1, 2, 3, 7] {
      let cut = Array(JSONStringPieces(bytes[...], characters: characters))
      #expect(cut.flatMap { $0 } == bytes)
      var rest = Substring(whole)
      for piece in cut {
        let expected = rest.prefix(characters)
        #expect(
          try decoded(piece).map { Array($0.utf8) } == Array(expected.utf8), "\(content.debugDescription)")
        rest = rest.dropFirst(characters)
      }
      #expect(rest.isEmpty)
    }
  }

  @Test("random scalars of all planes are cut as Swift's characters are", arguments: 0..<60)
  func agreesOnRandomScalars(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var whole = ""
    while whole.unicodeScalars.count < 200 {
      let ceiling: UInt32 = [0x250, 0x1200, 0x3000, 0x1_1000, 0x2_0000, 0x11_0000][Int(generator.next() % 6)]
      guard let scalar = Unicode.Scalar(UInt32.random(in: 0x80..<ceiling, using: &generator)) else {
        continue
      }
      whole.unicodeScalars.append(scalar)
    }
    #expect(pieces(whole, 1).map { Array($0.utf8) } == whole.map { Array(String($0).utf8) })
  }

  @Test("malformed content is cut without harm and joins again", arguments: 0..<200)
  func survivesMalformedContent(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let ingredients: [[UInt8]] = [
      [0x80], [0xC3], [0xE2, 0x80], [0xF0, 0x9F, 0x98], [0xFF], [0xED, 0xA0, 0x80], Array("\\".utf8),
      Array("\\u".utf8),
      Array("\\u12".utf8), Array("\\ud83d\\u".utf8), Array("\\x".utf8), Array("a".utf8), [0], [0x0D], [0x0A],
      [0x22],
    ]
    let bytes = (0..<30).flatMap { _ in ingredients.randomElement(using: &generator) ?? [] }
    let cut = Array(JSONStringPieces(bytes[...], characters: 3))
    #expect(cut.flatMap { $0 } == bytes)
    #expect(cut.allSatisfy { !$0.isEmpty })
  }
}
