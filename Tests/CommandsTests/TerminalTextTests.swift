import Testing

@testable import Commands

@Suite struct TerminalTextTests {
  @Test(
    arguments: [
      ("\u{1B}]0;title\u{07}", "?]0;title?"), ("a\u{9B}31mb", "a?31mb"), ("a\nb\r\nc", "a?b??c"),
      ("\u{7F}", "?"),
      ("abc\u{202E}txt.exe", "abc?txt.exe"), ("\u{2028}x\u{200B}", "?x?"), ("\u{FEFF}", "?"),
      ("\u{E000}", "?"),
      ("plain ümlaut 漢字 🙂", "plain ümlaut 漢字 🙂"), ("", ""),
    ])
  func `nothing in a line steers the terminal`(text: String, line: String) {
    #expect(TerminalText.line(text) == line)
  }

  @Test func `a document keeps its meaning, and what would steer is escaped`() {
    let json = "{\"a\":\"\u{9B}2J\u{202E}\u{E0041}\",\t\"b\":\r\n1}"
    let text = TerminalText.json(Array(json.utf8))
    #expect(text == "{\"a\":\"\\u009b2J\\u202e\\udb40\\udc41\", \"b\": \n1}")
  }
}
