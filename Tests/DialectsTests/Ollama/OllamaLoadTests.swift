import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaLoadTests {
  private func chat(_ body: String) -> OllamaLoad? { .chat(Array(body.utf8), at: 1_700_000_000) }
  private func generate(_ body: String) -> OllamaLoad? { .generate(Array(body.utf8), at: 1_700_000_000) }

  @Test(arguments: [
    #"{"model":"m:latest"}"#, #"{"model":"m:latest","messages":[]}"#,
    #"{"model":"m:latest","messages":null}"#,
    #"{"model":"m:latest","messages":[ ],"stream":true,"keep_alive":"5m"}"#,
    #"{"model":"m:latest","keep_alive":-1}"#, #"{"model":"m:latest","keep_alive":"10s"}"#,
  ])
  func `a chat without messages loads`(body: String) throws {
    let load = try #require(chat(body))
    #expect(load.model == "m:latest")
    let answer = try ollamaObject(String(decoding: load.body, as: UTF8.self))
    #expect(answer["model"] as? String == "m:latest")
    #expect(answer["done"] as? Bool == true)
    #expect(answer["done_reason"] as? String == "load")
    #expect((answer["message"] as? [String: String]) == ["role": "assistant", "content": ""])
    #expect(answer["created_at"] as? String == "2023-11-14T22:13:20.000000000Z")
  }

  @Test(arguments: [#"0"#, #"0.0"#, #""0""#, #""0s""#, #""0m0s""#, "-0"])
  func `no time to live unloads`(time: String) throws {
    let load = try #require(generate(#"{"model":"m","prompt":"","keep_alive":\#(time)}"#))
    let answer = try ollamaObject(String(decoding: load.body, as: UTF8.self))
    #expect(answer["done_reason"] as? String == "unload")
    #expect(answer["response"] as? String == "")
    #expect(answer["message"] == nil)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"messages":[]}"#, #"{"model":7}"#, #"{"model":"m","messages":{}}"#,
    #"{"model":"m","messages":[1]}"#, #"{"model":"m","keep_alive":[]}"#,
    #"{"model":"m","messages":[{"role":"user","content":"x"}],"keep_alive":0}"#,
  ])
  func `what asks something, or nothing that can be understood, is left to the reading`(body: String) {
    #expect(chat(body) == nil)
  }

  @Test(arguments: [
    #"{"model":"m","prompt":"x"}"#, #"{"model":"m","prompt":1}"#, #"{"model":"m","images":["x"]}"#,
    #"{"model":"m","prompt":"","images":"x"}"#,
  ])
  func `a prompt, or something in its place, is no load`(body: String) { #expect(generate(body) == nil) }

  @Test func `a prompt is loaded by its absence`() {
    #expect(generate(#"{"model":"m"}"#) != nil)
    #expect(generate(#"{"model":"m","prompt":null,"images":[]}"#) != nil)
  }

  @Test func `a large body is not read twice`() {
    let filling = String(repeating: " ", count: OllamaLoad.byteLimit)
    #expect(chat(#"{"model":"m"}"# + filling) == nil)
  }
}
