import Testing

@testable import Dialects

/// What people read when a request is refused.
@Suite struct FaultTextTests {
  private func fault(_ members: String, _ dialect: any Dialect = OpenAIChat()) -> APIFault? {
    #expect(throws: APIFault.self) {
      try dialect.decode(Array("{\"model\":\"m\",\(members)}".utf8), under: RequestPolicy())
    }
  }

  @Test(arguments: [
    (#""temperature":3"#, "'temperature' is 3. It must be a number from 0 to 2."),
    (#""n":0"#, "'n' is 0. It must be a whole number from 1 to 128."),
    (#""top_logprobs":-1"#, "'top_logprobs' is -1. It must be a whole number from 0 on."),
    (
      #""max_tokens":99999999999999999999"#,
      "'max_tokens' is 99999999999999999999. It must be a whole number from 1 to 2147483647."
    ),
    (#""stop":["a","b","c","d","e"]"#, "'stop' must be a list of at most 4 strings."),
    (
      #""response_format":{"type":"x\u0007ml"}"#,
      #"'response_format.type' is "x ml". It must be text, json_object, json_schema or structural_tag."#
    ),
    (
      #""tool_choice":"some","tools":[{"type":"function","function":{"name":"f"}}]"#,
      #"'tool_choice' is "some". It must be none, auto, required, or an object that names a tool."#
    ),
  ])
  func `a value that cannot be is told with what it must be`(members: String, text: String) {
    let fault = fault("\(question),\(members)")
    #expect(fault?.message == text)
    #expect(fault?.code == "invalid_value")
  }

  @Test(arguments: [
    (#""temperature":"hot""#, "'temperature' must be a number from 0 to 2."),
    (#""n":1.5"#, "'n' must be a whole number from 1 to 128."),
    (#""stop":{}"#, "'stop' must be a string or a list of strings."),
  ])
  func `a wrong type is told without the value`(members: String, text: String) {
    let fault = fault("\(question),\(members)")
    #expect(fault?.message == text)
    #expect(fault?.code == "invalid_type")
  }

  @Test func `a long value is not repeated`() {
    let fault = fault(#""messages":[{"role":"\#(String(repeating: "r", count: 50))","content":"q"}]"#)
    #expect(
      fault?.message == "'messages[0].role' must be system, developer, user, assistant, tool or function.")
  }

  @Test func `no messages and unknown roles are values, not types`() {
    #expect(fault(#""messages":[]"#)?.code == "invalid_value")
    #expect(
      fault(#""messages":[{"role":"robot","content":"q"}]"#)?.message.hasPrefix(
        #"'messages[0].role' is "robot". It must be "#) == true)
  }

  @Test(arguments: ["", " \n"])
  func `an empty body is called empty`(body: String) {
    let fault = #expect(throws: APIFault.self) {
      try OpenAIChat().decode(Array(body.utf8), under: RequestPolicy())
    }
    #expect(fault?.message.hasPrefix("The request body is empty.") == true)
    #expect(fault?.parameter == nil)
    #expect(fault?.code == "invalid_json")
  }

  @Test(arguments: ["0", "-3", "2147483648", "9223372036854775807"])
  func `a limit out of range is named as the caller wrote it`(limit: String) {
    let responses = fault(#""input":"q","max_output_tokens":\#(limit)"#, OpenAIResponses())
    #expect(
      responses?.message
        == "'max_output_tokens' is \(limit). It must be a whole number from 1 to 2147483647.")
    #expect(responses?.parameter == "max_output_tokens")
    #expect(fault("\(question),\"max_tokens\":\(limit)", AnthropicMessages())?.parameter == "max_tokens")
    // Not above zero says that there is no limit.
    guard !["0", "-3"].contains(limit) else { return }
    #expect(
      fault("\(question),\"options\":{\"num_predict\":\(limit)}", OllamaChat())?.parameter
        == "options.num_predict")
  }

  @Test func `more choices than an answer has are counted`() {
    #expect(
      fault(#""prompt":["a","b","c"],"n":100"#, OpenAICompletions())?.message
        == "3 prompts with 'n' 100 make 300 choices; an answer has at most 128.")
    #expect(fault(#""input":"q","n":2"#, OpenAIResponses())?.message == "'n' is 2. It must be 1.")
  }

  @Test func `too long a conversation is told the limit`() {
    let item = #"{"role":"user","content":"q"}"#
    let items = Array(repeating: item, count: 10_000).joined(separator: ",")
    let fault = fault("\"input\":[\(items)]", OpenAIResponses())
    #expect(fault?.message.contains("more than 9999 messages, which is the most") == true)
    #expect(fault?.code == "invalid_value")
  }

  @Test func `what is no image is told the formats, in every dialect`() {
    let faults = [
      fault(
        #""messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,eA=="}}]}]"#
      ),
      fault(
        #""input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,eA=="}]}]"#,
        OpenAIResponses()),
      fault(
        #""max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"eA=="}}]}]"#,
        AnthropicMessages()),
      fault(#""messages":[{"role":"user","content":"q","images":["eA=="]}]"#, OllamaChat()),
    ]
    for fault in faults {
      #expect(fault?.message.contains("PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or HEIC") == true)
      #expect(fault?.code == "invalid_image")
    }
  }

  @Test func `a remote image is refused with the dialect's own remedy`() {
    let anthropic = fault(
      #""max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://x.org/a.png"}}]}]"#,
      AnthropicMessages())
    #expect(anthropic?.message.contains("Send it as a source of type base64; compat.remote_images") == true)
    let ollama = fault(
      #""messages":[{"role":"user","content":"q","images":["https://x.org/a.png"]}]"#, OllamaChat())
    #expect(ollama?.code == "remote_image_refused")
    #expect(ollama?.message.contains("Send the image itself in base64; compat.remote_images") == true)
  }
}
