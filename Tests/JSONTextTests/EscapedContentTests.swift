import Testing

@testable import JSONText

@Suite struct EscapedContentTests {
  private func isEscaped(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { QuoteStops.areEscaped(in: $0) }
  }

  @Test(arguments: [
    "", "plain text of some length", #"\""#, #"\\"#, #"a\\\"b"#, #"\u0022 and more"#, "é\u{2028}",
    #"eight by\"te lanes\\"#,
  ])
  func `what JSON has between quotes is told`(content: String) { #expect(isEscaped(content)) }

  @Test(arguments: [
    #"""#, #"a","b":"c"#, #"\"#, #"\\\"#, #"\\""#, #"eight bytes, then ""#, #"seven\\\\\\\"#,
  ])
  func `what would end the string is told`(content: String) { #expect(!isEscaped(content)) }
}
