import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaGenerateTests {
  @Test func `a prompt becomes a user's message`() throws {
    let transcript = try OllamaTranscript(
      generate: #"""
        {"model":"m:latest","system":"be\/brief","prompt":"why \ud83d","template":"","suffix":"","raw":false,
        "context":[],"width":1,"options":{"temperature":0.0}}
        """#)
    #expect(
      transcript.request.sealed
        == #"{"model":"m","temperature":0.0,"messages":[{"role":"system","content":"be\/brief"},"#
        + #"{"role":"user","content":"why \ud83d"}]}"#)
    #expect(transcript.request.isStream)
  }

  @Test func `a text at a cursor is asked for in words, and comes without a fence`() async throws {
    let transcript = try OllamaTranscript(
      generate: #"{"model":"m","system":"S","prompt":"def f(","suffix":"):\n","stream":false}"#)
    let messages = try transcript.messages()
    #expect(messages.map { $0["role"] as? String } == ["system", "user"])
    #expect((messages[0]["content"] as? String)?.hasPrefix("S\n\nYou fill the gap") == true)
    #expect(messages[1]["content"] as? String == "<before>def f(</before><after>):\n</after>")
    let fenced = try completion(choice(#"{"content":"```python\nx, y\n```"}"#))
    #expect(try transcript.whole(fenced)["response"] as? String == "x, y")
    let lines = try await transcript.lines(fenced)
    #expect(lines.compactMap { $0["response"] as? String }.joined() == "x, y")
  }

  @Test func `a fence that nobody asked to leave out stays`() throws {
    let plain = try OllamaTranscript(generate: #"{"model":"m","prompt":"x","suffix":""}"#)
    let whole = try plain.whole(completion(choice(#"{"content":"```\nx\n```"}"#)))
    #expect(whole["response"] as? String == "```\nx\n```")
  }

  @Test func `an image is enough of a prompt`() throws {
    let messages = try OllamaTranscript(
      generate: #"{"model":"m","images":["iVBORw0KGgoAAAANSUhEUgAA"]}"#
    ).messages()
    #expect(try ollamaList(messages[0]["content"]).count == 1)
  }

  @Test func `the answer's text stands in its response`() throws {
    let transcript = try OllamaTranscript(generate: #"{"model":"m:latest","prompt":"x","stream":false}"#)
    let whole = try transcript.whole(
      completion(choice(#"{"role":"assistant","content":"yes","reasoning_content":"hm"}"#)))
    #expect(whole["response"] as? String == "yes")
    #expect(whole["thinking"] as? String == "hm")
    #expect(whole["message"] == nil)
    #expect(whole["model"] as? String == "m:latest")
    #expect(whole["done"] as? Bool == true)
    #expect(whole["eval_count"] as? Int == 2)
  }

  @Test func `the pieces of a stream stand there too`() async throws {
    let text = String(repeating: "word ", count: 50)
    let lines = try await OllamaTranscript(generate: #"{"model":"m","prompt":"x"}"#).lines(
      completion(choice(#"{"content":"\#(text)","reasoning_content":"hm"}"#)))
    #expect(lines.compactMap { $0["response"] as? String }.joined() == text)
    #expect(lines.compactMap { $0["thinking"] as? String }.joined() == "hm")
    #expect(lines.map { $0["done"] as? Bool } == Array(repeating: false, count: lines.count - 1) + [true])
  }
}
