import Foundation
import Testing

@testable import Dialects

@Suite struct OllamaModelsTests {
  private let models = [
    Model(id: "Qwen/Qwen3-0.6B", root: "Qwen/Qwen3-0.6B", created: 1_700_000_000, owner: "o"),
    Model(id: "fast", root: "Qwen/Qwen3-0.6B", created: 0, owner: "o"),
    Model(id: "gpt:20b", root: "gpt:20b", created: Int.max, owner: "o"),
    Model(id: "old:latest", root: "old:latest", created: -1, owner: "o"),
  ]

  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try ollamaObject(String(decoding: bytes, as: UTF8.self))
  }

  @Test func `every name is listed with a tag, and all that clients read is there`() throws {
    let list = try ollamaList(object(OllamaModels.tags(models))["models"])
    let names = ["Qwen/Qwen3-0.6B:latest", "fast:latest", "gpt:20b", "old:latest"]
    #expect(list.map { $0["name"] as? String } == names)
    #expect(list.map { $0["model"] as? String } == names)
    #expect(list.allSatisfy { $0["size"] is Int && $0["modified_at"] is String })
    let digests = list.compactMap { $0["digest"] as? String }
    #expect(Set(digests.map { $0.prefix(12) }).count == 4)
    #expect(digests.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
    let details = try list.map { try #require($0["details"] as? [String: Any]) }
    let members: Set = [
      "parent_model", "format", "family", "families", "parameter_size", "quantization_level",
    ]
    #expect(details.allSatisfy { Set($0.keys) == members })
    #expect(details[1]["parent_model"] as? String == "Qwen/Qwen3-0.6B")
    #expect(try ollamaList(object(OllamaModels.tags([]))["models"]).isEmpty)
  }

  @Test(arguments: [
    ("fast", "fast"), ("fast:latest", "fast"), ("Qwen/Qwen3-0.6B:latest", "Qwen/Qwen3-0.6B"),
    ("gpt:20b", "gpt:20b"), ("gpt:20b:latest", "gpt:20b"), ("old", "old:latest"),
    ("old:latest", "old:latest"),
    ("gpt", nil), ("FAST", nil), ("", nil), (":latest", nil),
  ])
  func `a name is found with the tag and without it`(name: String, id: String?) {
    #expect(OllamaModels.resolve(name, in: models)?.id == id)
  }

  @Test func `every listed name is found again`() throws {
    let list = try ollamaList(object(OllamaModels.tags(models))["models"])
    let found = list.map { OllamaModels.resolve($0["name"] as? String ?? "", in: models)?.id }
    #expect(found == models.map(\.id))
  }

  @Test func `the version is numbers between dots and new enough`() throws {
    let version = try #require(object(OllamaModels.version)["version"] as? String)
    let numbers = version.split(separator: ".").map { Int($0) }
    #expect(numbers.count == 3 && !numbers.contains(nil))
    #expect(version.compare("0.13.4", options: .numeric) == .orderedDescending)
    #expect(try ollamaList(object(OllamaModels.ps)["models"]).isEmpty)
  }

  @Test func `a model's particulars have what VS Code and LiteLLM look for`() throws {
    let show = try object(OllamaShow.answer(models[0]))
    #expect(show["capabilities"] as? [String] == ["completion", "tools"])
    let info = try #require(show["model_info"] as? [String: Any])
    let architecture = try #require(info["general.architecture"] as? String)
    #expect(info[architecture + ".context_length"] as? Int == OllamaShow.assumedContextLength)
    // LiteLLM takes the first member with this in its name for the number.
    #expect(info.keys.filter { $0.contains("context_length") }.count == 1)
    #expect(info["general.description"] != nil)
    #expect((show["template"] as? String)?.contains(".Tools") == true)
    #expect(show["details"] is [String: Any])
    #expect(show["license"] is String && show["parameters"] is String && show["modified_at"] is String)
    #expect(show["modelfile"] as? String == "FROM Qwen/Qwen3-0.6B\n")
  }

  @Test(arguments: [
    (#"{"model":"a"}"#, "a"), (#"{"name":"a"}"#, "a"), (#"{"model":"a","name":"b"}"#, "a"),
    (#"{"model":"","name":"b"}"#, "b"), (#"{"model":null,"name":"b","verbose":true}"#, "b"),
  ])
  func `a model's particulars are asked for by either name`(body: String, name: String) throws {
    #expect(try OllamaShow.model(in: Array(body.utf8)) == name)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"model":7}"#, #"{"model":""}"#, #"{"name":7}"#, #"{"model":{},"name":"b"}"#,
  ])
  func `a request for nothing is refused`(body: String) {
    #expect(throws: APIFault.self) { try OllamaShow.model(in: Array(body.utf8)) }
  }
}
