import Testing

@testable import Dialects

@Suite struct ModelNameTests {
  private static let aliases = ["fast": "Org/real", "odd:latest": "Org/odd"]
  private static let known: Set = ["Org/real", "gpt:20b", "old:latest", "both", "both:latest"]

  private func policy(_ known: Set<String> = known, isOllama: Bool = false) -> RequestPolicy {
    var policy = RequestPolicy(aliases: Self.aliases)
    policy.knownModels = known
    policy.addsLatest = isOllama
    return policy
  }

  @Test(arguments: [
    ("fast", "Org/real"), ("fast:latest", "Org/real"), ("odd:latest", "Org/odd"), ("odd", "Org/odd"),
    ("Org/real", "Org/real"), ("Org/real:latest", "Org/real"), ("gpt:20b", "gpt:20b"),
    ("gpt:20b:latest", "gpt:20b"), ("old", "old:latest"), ("old:latest", "old:latest"), ("both", "both"),
    ("both:latest", "both:latest"), ("new", "new"), ("new:1b", "new:1b"), ("new:latest", "new"),
    (":latest", ":latest"),
  ])
  func `a list decides, whatever the dialect`(name: String, expected: String) {
    for isOllama in [true, false] {
      #expect(policy(isOllama: isOllama).routerModel(for: name) == expected)
    }
  }

  @Test(arguments: [
    ("fast:latest", "Org/real", "Org/real"), ("new:latest", "new:latest", "new"), ("new", "new", "new"),
  ])
  func `without a list only Ollama's clients are taken to have added the tag`(
    name: String, plain: String, ollama: String
  ) {
    #expect(policy([]).routerModel(for: name) == plain)
    #expect(policy([], isOllama: true).routerModel(for: name) == ollama)
  }

  @Test func `an alias is followed once, in Ollama's dialects too`() throws {
    let policy = RequestPolicy(aliases: ["a": "b", "b": "c"])
    let body = Array(#"{"model":"a","messages":[{"role":"user","content":"x"}]}"#.utf8)
    for dialect in [OpenAIChat(), OllamaChat()] as [any Dialect] {
      #expect(try dialect.decode(body, under: policy).chats[0].routerModel == "b")
    }
  }
}
