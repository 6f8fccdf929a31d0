import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaChatDecodeTests {
  @Test func `a stream is what a caller gets who says nothing`() throws {
    #expect(try OllamaTranscript(with: #""options":{}"#).request.isStream)
    #expect(try OllamaTranscript(with: #""stream":null"#).request.isStream)
    #expect(try OllamaTranscript(with: #""stream":true"#).request.isStream)
    #expect(try !OllamaTranscript(with: #""stream":false"#).request.isStream)
  }

  @Test func `messages are sealed with their texts as written`() throws {
    let transcript = try OllamaTranscript(
      messages: #"""
        {"role":"system","content":"be\u0020brief"},{"role":"USER","content":"a\/b \ud83d"},
        {"role":"assistant","content":"c","thinking":"hm"},{"role":"user"}
        """#)
    let text = transcript.request.sealed
    #expect(text.contains(#""content":"be\u0020brief""#))
    #expect(text.contains(#"{"role":"user","content":"a\/b \ud83d"}"#))
    #expect(text.contains(#"{"role":"assistant","content":"c","reasoning_content":"hm"}"#))
    #expect(text.contains(#"{"role":"user","content":""}"#))
    #expect(!text.contains("stream"))
  }

  @Test func `options come in OpenAI's words and with their own digits`() throws {
    let text = try OllamaTranscript(
      with: #"""
        "options":{"temperature":0.50,"top_k":40,"top_p":1e-1,"min_p":0.05,"typical_p":0.7,"seed":42,
        "num_predict":128.0,"presence_penalty":1.0,"frequency_penalty":2,"repeat_penalty":1.10,
        "repeat_last_n":64,"mirostat":1,        "mirostat_tau":0.8,"mirostat_eta":0.6,"tfs_z":0.5,"stop":["\n","user:"]}
        """#
    ).request.sealed
    for member in [
      #""temperature":0.50"#, #""top_k":40"#, #""top_p":1e-1"#, #""min_p":0.05"#, #""typical_p":0.7"#,
      #""seed":42"#, #""max_tokens":128"#, #""presence_penalty":1.0"#, #""frequency_penalty":2"#,
      #""repeat_penalty":1.10"#, #""repetition_penalty":1.10"#, #""repeat_last_n":64"#, #""mirostat":1"#,
      #""mirostat_tau":0.8"#, #""mirostat_eta":0.6"#, #""tfs_z":0.5"#, #""stop":["\n","user:"]"#,
    ] { #expect(text.contains(member), "\(member)") }
    #expect(!text.contains("options"))
    #expect(!text.contains("num_predict"))
  }

  @Test(arguments: ["-1", "-2", "0", "null", "-9223372036854775808"])
  func `a limit that means none is not sealed`(limit: String) throws {
    let sealed = try OllamaTranscript(with: #""options":{"num_predict":\#(limit)}"#).sealed()
    #expect(sealed["max_tokens"] == nil)
  }

  @Test func `what steers the hardware, and what is not known, is ignored`() throws {
    let sealed = try OllamaTranscript(
      with: #"""
        "options":{"num_ctx":8192,"num_gpu":1,"num_thread":8,"num_batch":2,"main_gpu":0,"use_mmap":true,
        "numa":false,"low_vram":true,"num_keep":4,"penalize_newline":true,"new":{"a":[]},"stop":[]},
        "keep_alive":"5m","truncate":true,
        "shift":false,"tools":[],"unknown":1,"format":"","logprobs":false,"top_logprobs":3
        """#
    ).sealed()
    #expect(Set(sealed.keys) == ["model", "messages"])
  }

  @Test func `a format becomes a response format, its schema untouched`() throws {
    let schema =
      #"{"type":"object","properties":{"z":{"maximum":12345678901234567890,"default":1.0},"a":{}}}"#
    #expect(
      try OllamaTranscript(with: #""format":\#(schema)"#).request.sealed.contains(
        #""response_format":{"type":"json_schema","json_schema":{"name":"format","schema":\#(schema)}}"#))
    #expect(
      try OllamaTranscript(with: #""format":"json""#).request.sealed.contains(
        #""response_format":{"type":"json_object"}"#))
  }

  @Test func `thinking is asked for in the members that backends know`() throws {
    #expect(
      try OllamaTranscript(with: #""think":"low""#).sealed()["reasoning_effort"] as? String == "low")
    for flag in [true, false] {
      let sealed = try OllamaTranscript(with: #""think":\#(flag)"#).sealed()
      let arguments = try #require(sealed["chat_template_kwargs"] as? [String: Bool])
      #expect(arguments == ["enable_thinking": flag])
    }
  }

  @Test func `probabilities are asked for`() throws {
    let sealed = try OllamaTranscript(with: #""logprobs":true,"top_logprobs":2"#).sealed()
    #expect(sealed["logprobs"] as? Bool == true)
    #expect(sealed["top_logprobs"] as? Int == 2)
  }

  @Test func `the tier is read and not sealed`() throws {
    let transcript = try OllamaTranscript(with: #""security_tier":"high""#)
    #expect(transcript.request.chats[0].securityTier == "high")
    #expect(!transcript.request.sealed.contains("tier"))
  }

  @Test func `tools keep their bytes, and get a type where they have none`() throws {
    let function = #"{"name":"f","parameters":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}}}"#
    let text = try OllamaTranscript(
      with: #""tools":[{"type":"function","function":\#(function)},{"function":\#(function)}]"#
    ).request.sealed
    let tool = #"{"type":"function","function":\#(function)}"#
    #expect(text.contains(#""tools":[\#(tool),\#(tool)]"#))
  }

  @Test(arguments: [
    ("m", "m"), ("m:latest", "m"), ("Org/m:latest", "Org/m"), ("m:20b", "m:20b"), (":latest", ":latest"),
    ("m:latest:latest", "m:latest"),
  ])
  func `the tag that clients append is taken off`(asked: String, routed: String) throws {
    let request = try OllamaTranscript(
      chat: #"{"model":"\#(asked)","messages":[{"role":"user","content":"x"}]}"#
    ).request
    #expect(request.chats[0].routerModel == routed)
    #expect((request.encoder as? OllamaEncoder)?.model == asked)
  }

  @Test func `an alias is found with the tag and without it`() throws {
    let policy = RequestPolicy(aliases: ["fast": "Org/real", "slow:latest": "Org/slow"])
    for (name, routed) in [
      ("fast", "Org/real"), ("fast:latest", "Org/real"), ("slow:latest", "Org/slow"), ("slow", "Org/slow"),
    ] {
      let request = try OllamaTranscript(
        chat: #"{"model":"\#(name)","messages":[{"role":"user","content":"x"}]}"#, policy
      ).request
      #expect(request.chats[0].routerModel == routed)
    }
  }

  @Test func `an image's address is passed on where that is allowed`() throws {
    let body =
      #"{"model":"m","messages":[{"role":"user","content":"x","images":["HTTPS:\/\/x.org\/a.png"]}]}"#
    let messages = try OllamaTranscript(chat: body, RequestPolicy(remoteImages: .pass)).messages()
    let image = try #require(ollamaList(messages[0]["content"]).last?["image_url"] as? [String: Any])
    #expect(image["url"] as? String == "HTTPS://x.org/a.png")
  }

  @Test func `a list decides about the tag where there is one`() throws {
    var policy = RequestPolicy()
    policy.knownModels = ["m:latest"]
    for name in ["m", "m:latest"] {
      let chat = try OllamaTranscript(
        chat: #"{"model":"\#(name)","messages":[{"role":"user","content":"x"}]}"#, policy
      ).request.chats[0]
      #expect((chat.model, chat.routerModel) == (name, "m:latest"))
    }
  }
}
