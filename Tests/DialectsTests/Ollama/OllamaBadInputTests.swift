import Testing

@testable import Dialects

@Suite struct OllamaBadInputTests {
  private static let call = #"{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{}}}]}"#

  private func fault(_ decode: () throws(APIFault) -> Void) -> APIFault? {
    do throws(APIFault) {
      try decode()
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    (#"{"content":"x"}"#, "messages[0].role"), (#"{"role":1}"#, "messages[0].role"),
    (#"{"role":"oracle","content":"x"}"#, "messages[0].role"), (#"3"#, "messages[0]"),
    ("null", "messages[0]"),
    (#"{"role":"user","content":["x"]}"#, "messages[0].content"),
    (#"{"role":"user","content":{"type":"text"}}"#, "messages[0].content"),
    (#"{"role":"user","images":"x"}"#, "messages[0].images"),
    (#"{"role":"user","images":["aGVsbG8gd29ybGQh"]}"#, "messages[0].images[0]"),
    (#"{"role":"user","images":["https://example.org/a.png"]}"#, "messages[0].images[0]"),
    (#"{"role":"user","images":[7]}"#, "messages[0].images[0]"),
    (#"{"role":"user","images":["data:image/png"]}"#, "messages[0].images[0]"),
    (#"{"role":"user","images":[""]}"#, "messages[0].images[0]"),
    (#"{"role":"system","images":["iVBORw0KGgoAAAANSUhEUgAA"]}"#, "messages[0].images"),
    (#"{"role":"user","tool_calls":[{"function":{"name":"f"}}]}"#, "messages[0].tool_calls"),
    (#"{"role":"assistant","thinking":1}"#, "messages[0].thinking"),
    (#"{"role":"assistant","tool_calls":{}}"#, "messages[0].tool_calls"),
    (#"{"role":"assistant","tool_calls":[1]}"#, "messages[0].tool_calls[0]"),
    (#"{"role":"assistant","tool_calls":[{}]}"#, "messages[0].tool_calls[0].function"),
    (#"{"role":"assistant","tool_calls":[{"function":{}}]}"#, "messages[0].tool_calls[0].function.name"),
    (
      #"{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":[1]}}]}"#,
      "messages[0].tool_calls[0].function.arguments"
    ),
    (#"{"role":"tool","content":"x"}"#, "messages[0]"),
    (call + #",{"role":"tool"},{"role":"tool"}"#, "messages[2]"),
    (call + #",{"role":"tool","tool_name":"g"}"#, "messages[1]"),
    (
      #"{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}}]},{"role":"tool","tool_call_id":"b"}"#,
      "messages[1]"
    ),
    (#"{"role":"user","content":"x","content":"y"}"#, "content"),
  ])
  func `a message that is wrong is named`(message: String, place: String) throws {
    let fault = fault { () throws(APIFault) in _ = try OllamaTranscript(messages: message) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test(arguments: [
    (#""stream":"yes""#, "stream"), (#""stream":1"#, "stream"), (#""options":[]"#, "options"),
    (#""options":{"temperature":"hot"}"#, "options.temperature"),
    (#""options":{"top_k":true}"#, "options.top_k"),
    (#""options":{"seed":1.5}"#, "options.seed"), (#""options":{"seed":1e300}"#, "options.seed"),
    (#""options":{"num_predict":"9"}"#, "options.num_predict"),
    (#""options":{"num_predict":99999999999999999999}"#, "options.num_predict"),
    (#""options":{"num_predict":2147483648}"#, "options.num_predict"),
    (#""options":{"temperature":2.1}"#, "options.temperature"),
    (#""options":{"top_p":-0.1}"#, "options.top_p"),
    (#""options":{"presence_penalty":3}"#, "options.presence_penalty"),
    (#""options":{"temperature":1e999}"#, "options.temperature"),
    (#""options":{"stop":["a","b","c","d","e"]}"#, "options.stop"),
    (#""options":{"stop":1}"#, "options.stop"), (#""options":{"stop":["a",1]}"#, "options.stop[1]"),
    (#""format":"yaml""#, "format"), (#""format":[]"#, "format"), (#""format":true"#, "format"),
    (#""think":"hard""#, "think"), (#""think":1"#, "think"), (#""keep_alive":{}"#, "keep_alive"),
    (#""logprobs":1"#, "logprobs"), (#""top_logprobs":21"#, "top_logprobs"),
    (#""_debug_render_only":true"#, "_debug_render_only"), (#""security_tier":1"#, "security_tier"),
    (#""tools":{}"#, "tools"), (#""tools":[1]"#, "tools[0]"), (#""tools":[{}]"#, "tools[0].function"),
    (#""tools":[{"type":"web_search"}]"#, "tools[0].type"),
    (#""tools":[{"function":{"name":""}}]"#, "tools[0].function.name"),
    (#""tools":[{"function":"f"}]"#, "tools[0].function"),
  ])
  func `a member that is wrong is named`(member: String, place: String) throws {
    let fault = fault { () throws(APIFault) in _ = try OllamaTranscript(with: member) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test(arguments: [
    "", "{", "[]", "null", "hello", "\u{FEFF}{}", "{}", #"{"model":"m"}"#, #"{"model":7,"messages":[{}]}"#,
    #"{"model":"","messages":[{}]}"#, #"{"messages":[{"role":"user","content":"x"}]}"#,
    #"{"model":"m","messages":{}}"#, #"{"model":"m","messages":"x"}"#, #"{"model":"m","messages":[]}"#,
    #"{"model":"m","model":"n","messages":[{"role":"user","content":"x"}]}"#,
  ])
  func `a body that is no chat is refused in Ollama's shape`(body: String) throws {
    let fault = try #require(
      fault { () throws(APIFault) in _ = try OllamaTranscript(chat: body) })
    #expect(fault.status == 400)
    let shown = try ollamaObject(String(decoding: OllamaChat().encode(fault), as: UTF8.self))
    #expect(shown.count == 1)
    #expect(shown["error"] as? String == fault.message)
  }

  @Test(arguments: [
    (#""suffix":7"#, "suffix"), (#""suffix":"x","images":["iVBORw0KGgoAAAANSUhEUgAA"]"#, "images"),
    (#""suffix":"x","logprobs":true"#, "logprobs"), (#""template":"{{ .Prompt }}""#, "template"),
    (#""raw":true"#, "raw"),
    (#""context":[1]"#, "context"), (#""context":"x""#, "context"), (#""system":[]"#, "system"),
    (#""images":["nope"]"#, "images[0]"), (#""options":{"top_p":"x"}"#, "options.top_p"),
    (#""think":[]"#, "think"),
  ])
  func `what a prompt cannot have is named`(member: String, place: String) throws {
    let fault = fault { () throws(APIFault) in
      _ = try OllamaTranscript(generate: #"{"model":"m","prompt":"x",\#(member)}"#)
    }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test(arguments: [#"{"model":"m","prompt":7}"#, #"{"model":"m","prompt":["x"]}"#, #"{"prompt":"x"}"#, "7"])
  func `a prompt that is none is refused`(body: String) throws {
    let fault = fault { () throws(APIFault) in _ = try OllamaTranscript(generate: body) }
    #expect(fault?.status == 400)
  }
}
