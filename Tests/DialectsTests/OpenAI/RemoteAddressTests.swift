import Testing

@testable import Dialects

@Suite struct RemoteAddressTests {
  private static let image = #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQAB"}}"#
  private static let remote = #"{"url":"https://example.com/secret"}"#
  private static let allowed = RequestPolicy(remoteImages: .pass)

  private func user(_ parts: String) -> String { #"{"role":"user","content":[\#(parts)]}"# }

  @Test(arguments: [
    (#"{"type":"text","text":"a","image_url":\#(remote)}"#, "image_url"),
    (#"{"type":"text","text":"a","video_url":\#(remote)}"#, "video_url"),
    (#"{"text":"a","audio_url":"https://example.com","type":"text"}"#, "audio_url"),
    (#"{"type":"text","text":"a","IMAGE_URL":\#(remote)}"#, "IMAGE_URL"),
    (#"{"type":"text","text":"a","\u0075rl":"https://example.com"}"#, "url"),
    (#"{"type":"text","text":"a","imageUrl":"https://example.com"}"#, "imageUrl"),
    (#"{"type":"text","text":"a","file":{"file_url":"https://example.com"}}"#, "file"),
    (#"{"type":"text","text":"a","image":"https://example.com"}"#, "image"),
    (#"{"type":"refusal","refusal":"a","url":"https://example.com"}"#, "url"),
    (#"{"type":"input_text","text":"a","file_uri":"gs://x"}"#, "file_uri"),
    (
      #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQAB"},"video_url":\#(remote)}"#,
      "video_url"
    ),
    (
      #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQAB","URL":"https://example.com"}}"#,
      "image_url.URL"
    ),
    (
      #"{"type":"image_url","image_url":"data:image/gif;base64,R0lGODlhAQAB","urls":["https://example.com"]}"#,
      "urls"
    ),
  ])
  func `an address beside what a part is known for is a 400 that names it`(part: String, name: String) throws
  {
    for messages in RequestPolicy.MessageRepairs.allCases {
      for parts in [part, "\(Self.image),\(part)"] {
        let place = "messages[0].content[\(parts == part ? 0 : 1)].\(name)"
        let fault = #expect(throws: APIFault.self) {
          try sealedMessages(user(parts), RequestPolicy(messages: messages))
        }
        #expect(fault?.status == 400)
        #expect(fault?.code == "unsupported_parameter")
        #expect(fault?.parameter == place)
        #expect(fault?.message.contains("compat.remote_images") == true)
        #expect(throws: Never.self) { try sealedMessages(user(parts), Self.allowed) }
      }
    }
  }

  @Test func `where remote images pass, parts keep all that they came with`() throws {
    let message = user(
      #"\#(Self.image),{"type":"text","text":"a","image_url":\#(Self.remote)},"#
        + #"{"type":"image_url","image_url":{"url":"https://example.com","x":1.0},"y":{"url":"z"}}"#)
    #expect(try sealedMessages(message, Self.allowed) == message)
  }

  @Test func `harmless members of a part go, and the part stays`() throws {
    let mended = try sealedMessages(
      user(
        #"{"type":"text","text":"a\u00e9","id":"t1","annotations":[{"url":"https://example.com"}],"video_url":null,"urls":[]},"#
          + #"{"image_url":{"format":"gif","url":"data:image\/gif;base64,R0lGODlhAQAB","detail": "low"},"type":"image_url","uuid":"u"}"#
      ))
    #expect(
      mended
        == user(
          #"{"type":"text","text":"a\u00e9"},"#
            + #"{"image_url":{"url":"data:image\/gif;base64,R0lGODlhAQAB","detail": "low"},"type":"image_url"}"#
        ))
    #expect(try sealedMessages(user(mended.isEmpty ? "" : Self.image)) == user(Self.image))
  }

  @Test(arguments: ["images", "attachments", "image_url", "video_url", "audio_url", "files", "Images"])
  func `a message that carries addresses beside its content is a 400 that names them`(name: String) throws {
    let role = #"{"role":"user","content":"q"}"#
    let message = #"{"role":"user","content":"q","\#(name)":["https://example.com"]}"#
    for messages in RequestPolicy.MessageRepairs.allCases {
      let fault = #expect(throws: APIFault.self) {
        try sealedMessages("\(role),\(message)", RequestPolicy(messages: messages))
      }
      #expect(fault?.status == 400)
      #expect(fault?.parameter == "messages[1].\(name)")
      let none = #"{"role":"user","content":"q","\#(name)":[]}"#
      #expect(throws: Never.self) { try sealedMessages(none, RequestPolicy(messages: messages)) }
    }
    #expect(try sealedMessages(message, Self.allowed) == message)
  }

  @Test(arguments: [
    (#""mcp_servers":[{"type":"url","url":"https://example.com"}]"#, "mcp_servers"),
    (#""webhook_url":"https://example.com""#, "webhook_url"),
    (#""api_base":"https://example.com""#, "api_base"),
    (#""callback_url":"https://example.com""#, "callback_url"), (#""image_url":\#(remote)"#, "image_url"),
    (#""files":[{"url":"https://example.com"}]"#, "files"),
    (
      #""tools":[{"type":"function","function":{"name":"f","parameters":{}},"server_url":"https://example.com"}]"#,
      "tools[0].server_url"
    ),
    (
      #""tools":[{"type":"function","function":{"name":"f","url":"https://example.com"}}]"#,
      "tools[0].function.url"
    ),
    (#""functions":[{"name":"f","server_url":"https://example.com"}]"#, "functions[0].server_url"),
  ])
  func `members that somebody would fetch from are a 400 that names them`(members: String, name: String) {
    let fault = #expect(throws: APIFault.self) { try sealedChat("\(question),\(members)") }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == name)
    #expect(throws: Never.self) { try sealedChat("\(question),\(members)", Self.allowed) }
  }

  @Test func `a schema may speak of addresses`() throws {
    let tool =
      #""tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"url":{},"server_url":{"x":1}}}}}]"#
    #expect(try sealedChat("\(question),\(tool)") == #"{"model":"m",\#(question),\#(tool)}"#)
  }

  @Test(arguments: [
    #""web_search_options":{}"#, #""plugins":[{"id":"web"}]"#, #""search_parameters":{"mode":"on"}"#,
  ])
  func `searches of somebody's cloud go like its tools`(members: String) throws {
    #expect(try sealedChat("\(question),\(members)") == #"{"model":"m",\#(question)}"#)
    #expect(try sealedChat("\(question),\(members)", Self.allowed).contains(members))
  }

  @Test func `what only its sender makes something of is no address`() throws {
    let request = #""x_url":"https:\/\/example.org\/a","base_url":"https://example.com""#
    #expect(
      try sealedChat("\(question),\(request)")
        == #"{"model":"m",\#(question),"x_url":"https:\/\/example.org\/a"}"#)
    let message = #"{"role":"user","content":"q","avatar_url":"https://example.com/me.png","timestamp":1}"#
    #expect(try sealedMessages(message) == message)
  }

  @Test func `texts to look things up in are no addresses`() throws {
    let members = #""documents":[{"title":"t","text":"x"}]"#
    #expect(try sealedChat("\(question),\(members)").contains(members))
  }
}
