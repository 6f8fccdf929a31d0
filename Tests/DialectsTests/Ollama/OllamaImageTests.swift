import Testing

@testable import Dialects

@Suite struct OllamaImageTests {
  private static let png = "iVBORw0KGgoAAAANSUhEUgAA"

  private func sealed(_ image: String) throws -> [String: Any] {
    try OllamaTranscript(
      messages: #"{"role":"user","content":"a","images":["\#(image)"]}"#
    ).sealed()
  }

  @Test(arguments: [
    #"\"}}]}],\"seed\":7,\"x_injected\":[{\"a\":[{\"b\":{\"c\":\""#, #"\""#, #"\\"#, #"\u0022"#, #"\u005c"#,
    #"AA\"AA"#, "\u{E9}", #"\u00e9"#, #"\ud800"#, #"\u0000"#, "AA-_", ",AAAA", ":", "AAAA\u{2028}",
  ])
  func `an image in which anything but base64 stands is refused`(tail: String) {
    for head in ["", "data:image/png;base64,"] {
      let image = head + Self.png + tail
      let fault = #expect(throws: APIFault.self) { try sealed(image) }
      #expect(fault?.status == 400)
      #expect(fault?.code == "invalid_image")
      #expect(fault?.parameter == "messages[0].images[0]")
      let prompt = #expect(throws: APIFault.self) {
        try OllamaTranscript(generate: #"{"model":"m","prompt":"p","images":["\#(image)"]}"#)
      }
      #expect(prompt?.code == "invalid_image")
    }
  }

  @Test(arguments: [
    ("AA//++==", #"AA\/\/\u002b+=="#), ("AA//++==", #"AA\u002F/++=\u003D"#), ("AAAABBBB", #"AAAA\r\nBBBB\n"#),
    ("AAAABBBB", #"AAAA BBBB "#), ("AAAABBBB", #"\tAAAA\u0020BBBB"#), ("", ""),
  ])
  func `however base64 is written, it is passed on plain`(tail: String, written: String) throws {
    for head in ["", "data:image/png;base64,", #"data:\"}};base64,"#] {
      let messages = try ollamaList(sealed(head + Self.png + written)["messages"])
      let parts = try ollamaList(messages[0]["content"])
      #expect(parts.count == 2)
      let image = try #require(parts[1]["image_url"] as? [String: Any])
      #expect(image["url"] as? String == "data:image/png;base64," + Self.png + tail)
    }
  }
}
