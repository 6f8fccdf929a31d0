import Testing

@testable import Dialects

@Suite struct ChatImagesTests {
  private func message(_ url: String) -> String {
    #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}}]}"#
  }

  private func fault(_ url: String, _ policy: RequestPolicy = RequestPolicy()) -> APIFault? {
    #expect(throws: APIFault.self) { try sealedMessages(message(url), policy) }
  }

  @Test(arguments: [
    "http://example.com/a.png", "https:\\/\\/example.com\\/a.png", "HTTPS://example.com/a.png",
    "\\u0068ttp://example.com/",
  ])
  func `a remote image is refused with the reason`(url: String) throws {
    for messages in RequestPolicy.MessageRepairs.allCases {
      let fault = fault(url, RequestPolicy(messages: messages))
      #expect(fault?.status == 400)
      #expect(fault?.code == "remote_image_refused")
      #expect(fault?.parameter == "messages[0].content[0].image_url.url")
      #expect(fault?.message.contains("in the clear") == true)
    }
  }

  @Test func `a remote image passes where that is configured`() throws {
    let message = message("https://example.com/a.png")
    #expect(try sealedMessages(message, RequestPolicy(remoteImages: .pass)) == message)
  }

  @Test(arguments: [
    "", "file:///etc/passwd", "gs://bucket/a.png", " https://example.com/a.png", "//example.com/a.png",
    "a.png",
    "javascript:alert(1)", "data:image/png;base64,aGVsbG8gd29ybGQ=", "data:text/html;base64,iVBORw0KGgoAAAAN",
    "iVBORw0KGgoAAAAN", "blob:https://example.com/1",
  ])
  func `what is no image is refused, whatever the policy`(url: String) {
    for remote in RequestPolicy.RemoteImages.allCases {
      #expect(fault(url, RequestPolicy(remoteImages: remote))?.code == "invalid_image")
    }
  }

  @Test(arguments: [
    (#"{"type":"image_url"}"#, "messages[0].content[0].image_url"),
    (#"{"type":"image_url","image_url":{}}"#, "messages[0].content[0].image_url.url"),
    (#"{"type":"image_url","image_url":{"url":5}}"#, "messages[0].content[0].image_url.url"),
    (#"{"type":"image_url","image_url":[]}"#, "messages[0].content[0].image_url"),
    (#"{"type":"image_url","image_url":"http://example.com"}"#, "messages[0].content[0].image_url"),
  ])
  func `an image without an address is refused`(part: String, parameter: String) {
    let fault = #expect(throws: APIFault.self) {
      try sealedMessages(#"{"role":"user","content":[\#(part)]}"#)
    }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == parameter)
  }
}
