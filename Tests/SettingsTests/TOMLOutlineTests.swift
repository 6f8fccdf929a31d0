import Testing

@testable import Settings

@Suite("The outline of a file")
struct TOMLOutlineTests {
  private func positions(_ toml: String) throws -> [String: [Int]] {
    let found = try TOMLOutline.positions(in: Array(toml.utf8))
    return Dictionary(uniqueKeysWithValues: found.map { ($0.joined(separator: "/"), [$1.line, $1.column]) })
  }

  @Test("keys are found in every form that TOML has for them")
  func forms() throws {
    let toml = """
      a = 1 # b = 2
        c.d = "# x = 1"
      'e f' = '\\'
      [g . "h.i"]
      j = [ # k = 3
        "l = 4]", { m = 1, n.o = [{ p = "}" }] },
      ]
      q = \"\"\"
      r = 1 \\\"\"\"
      s = 2\"\"\"\"
      t = '''
      u = 1''''
      v = 2020-01-01T00:00:00Z
      [[w]]
      x=-1.5e+7
      [[w]]
      x=""
      """
    #expect(
      try positions(toml) == [
        "a": [1, 1], "c": [2, 3], "c/d": [2, 3], "e f": [3, 1], "g": [4, 2], "g/h.i": [4, 2],
        "g/h.i/j": [5, 1],
        "g/h.i/j/[1]": [6, 13], "g/h.i/j/[1]/m": [6, 15], "g/h.i/j/[1]/n": [6, 22],
        "g/h.i/j/[1]/n/o": [6, 22], "g/h.i/j/[1]/n/o/[0]": [6, 29], "g/h.i/j/[1]/n/o/[0]/p": [6, 31],
        "g/h.i/q": [8, 1], "g/h.i/t": [11, 1], "g/h.i/v": [13, 1], "w": [14, 3], "w/[0]": [14, 3],
        "w/[0]/x": [15, 1], "w/[1]": [16, 3], "w/[1]/x": [17, 1],
      ])
    #expect(throws: Never.self) { try TOMLDocument(Array(toml.utf8)) }
  }

  @Test("columns count characters, lines end with or without a carriage return")
  func columns() throws {
    #expect(
      try positions("a = { \"ü\" = 1, b = 2 }\r\nc = 1") == [
        "a": [1, 1], "a/ü": [1, 7], "a/b": [1, 16], "c": [2, 1],
      ])
  }

  @Test(
    "what is in the wrong place is named",
    arguments: [
      ("[[[", 3, "expected a key"), ("[=]", 2, "expected a key"), ("[ü]", 2, "expected a key"),
      ("[]", 2, "expected a key"), ("[a.]", 4, "expected a key"), ("[a", 3, "expected ]"),
      ("[[a]", 4, "expected ]]"), ("[a] b", 5, "expected the end of the line"),
      ("ü = 1", 1, "expected a key"),
      ("a", 2, "expected ="), ("a b = 1", 3, "expected ="), ("a =", 4, "expected a value"),
      ("a = # 1", 5, "expected a value"), ("a = =", 5, "expected a value"), ("a = ]", 5, "expected a value"),
      ("a = [ }", 7, "expected a value"), ("a = [1 2]", 8, "expected , or ]"),
      ("a = [,]", 6, "expected a value"),
      ("a = [1", 7, "expected , or ]"), ("a = {", 6, "expected a key"),
      ("a = { b = 1 c = 2 }", 13, "expected , or }"),
      ("a = 1 2", 7, "expected the end of the line"),
      ("a = 2020-01-01 1", 16, "expected the end of the line"), ("a = \"b", 5, "a string without an end"),
      ("a = 'b", 5, "a string without an end"), ("a = \"\"\"b\"\"", 5, "a string without an end"),
      ("a = \"b\\", 5, "a string without an end"), ("\"\"\"a\"\"\" = 1", 1, "expected a key"),
      ("a = \"b\" \"c\"", 9, "expected the end of the line"),
      ("a = 1\rb = 2", 6, "expected the end of the line"),
      ("a = " + String(repeating: "[", count: 100_000), 69, "nested too deeply"),
    ])
  func misplaced(toml: String, column: Int, problem: String) {
    #expect { try TOMLOutline.positions(in: Array(toml.utf8)) } throws: { error in
      let failure = error as? TOMLDocument.Failure
      return failure?.position == TextPosition(line: 1, column: column) && failure?.problem == problem
    }
  }

  @Test(
    "values without quotes are told from misspelt ones, and toml++ agrees",
    arguments: [
      "true", "false", "0", "+1", "-17", "1_000", "0xDEAD_beef", "0o755", "0b1_0", "1.5", "-0.01", "5e+22",
      "1e06",
      "6.626E-34", "inf", "-inf", "+nan", "0e0", "-0", "1979-05-27", "1979-05-27T07:32:00Z",
      "1979-05-27t07:32:00.999999-07:00", "07:32:00", "00:32:00.5", "1979-05-27T07:32:00",
    ])
  func scalars(text: String) {
    #expect(TOMLScalar.isWellSpelt(Array(text.utf8)[...]))
    #expect(throws: Never.self) { try TOMLDocument(Array("a = \(text)".utf8)) }
  }

  @Test(
    "misspelt values",
    arguments: [
      "", "TRUE", "yes", "01", "+01", "1__0", "_1", "1_", "0x", "0xg", "+0x1", "0X1", "0o8", "0b2", ".5",
      "5.", "1.e1",
      "1e", "1e+", "1.5.2", "--1", "+", "infinity", "1979-5-27", "1979-05-27T", "1979-05-27T07",
      "1979-05-27T07:32",
      "07:32", "7:32:00", "07:32:00.", "07:32:00Z", "1979-05-27Z", "1979-05-27T07:32:00+07",
      "1979-05-27T07:32:00ZZ",
      "10s", "10MiB", "1979-05-27T07:32:00.0123456789",
    ])
  func misspeltScalars(text: String) {
    #expect(!TOMLScalar.isWellSpelt(Array(text.utf8)[...]))
  }

  /// toml++ would abort the process, and this test with it, if the outline let a malformed text through.
  @Test("no text whatever ends the process")
  func garbage() {
    let pieces = [
      "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\"", "'", "\"\"\"", "'''", "\\", "\n", "\r\n", "\r",
      " ", "\t",
      "#", "a", "b", "1", "-", "+", "0x", "0b1", "1.5", "e", "inf", "true", "2020-01-01", "T00:00:00", "Z",
      "_", ":",
      "\\u00e9", "\\uD800", "é", "\u{7F}", "\u{1}", "@", "(", "1979-05-27 07:32", "a=", " = ", "log",
      "[log]\n",
    ]
    var random = SystemRandomNumberGenerator()
    var accepted = 0
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<16, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      if (try? TOMLDocument(Array(text.utf8))) != nil { accepted += 1 }
    }
    #expect(accepted > 100, "the texts are too wild to try anything")
  }
}
