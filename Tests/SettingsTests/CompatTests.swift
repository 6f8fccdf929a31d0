import Dialects
import Settings
import Testing

@Suite("Embeddings and mending")
struct CompatTests {
  @Test(
    "an embedder on this machine is taken",
    arguments: [
      ("http://localhost:11434", "http://localhost:11434"), ("http://127.0.0.1/v1/", "http://127.0.0.1/v1"),
      ("http://127.255.0.9:1/a/b", "http://127.255.0.9:1/a/b"), ("http://[::1]:8080", "http://[::1]:8080"),
      ("http://Embedder.LOCALHOST", "http://embedder.localhost"),
    ])
  func loopback(written: String, url: String) throws {
    #expect(try load("embeddings.url = \"\(written)\"").embeddings.url?.description == url)
    #expect(
      try load(environment: ["NOMYO_PROXY_EMBEDDINGS_URL": written]).embeddings.url?.description == url)
  }

  @Test(
    "any other host is refused with the reason",
    arguments: [
      "http://example.com", "http://localhost.example.com", "http://notlocalhost", "http://10.0.0.1",
      "http://128.0.0.1", "http://127.1", "http://0.0.0.0", "http://[::]", "http://[::2]",
      "http://127.0.0.01", "http://[0:0::1]", "http://[::ffff:127.0.0.1]", "http://2130706433",
    ])
  func elsewhere(url: String) {
    #expect(
      faults("embeddings.url = \"\(url)\"").map { $0.split(separator: ";")[0] } == [
        "/c.toml:1:1: embeddings.url: the host is not this machine, and what is embedded would leave it unsealed"
      ])
  }

  @Test(
    "what is no plain address is refused without being repeated",
    arguments: [
      ("http://me:secret@localhost", "the URL has a user name or password"),
      ("http://localhost/?key=secret", "the URL has a query"),
      ("http://localhost/#secret", "the URL has a fragment"),
      ("ftp://localhost/secret", "the scheme is not http"),
      ("https://localhost/secret", "the scheme is not http"), ("localhost:1", "the URL has no scheme"),
      ("http://localhost:99999", "the URL has no valid port"), ("http://", "the URL has no valid host"),
      ("http://localhost:1@secret.example", "the URL has a user name or password"),
    ])
  func addresses(url: String, problem: String) {
    let found = faults("embeddings.url = \"\(url)\"")
    #expect(found.map { $0.split(separator: ";")[0] } == ["/c.toml:1:1: embeddings.url: \(problem)"])
    #expect(found.first?.contains("secret") == false)
  }

  @Test("what is configured about requests is their policy")
  func policy() throws {
    #expect(Settings().policy.members == .auto)
    let policy = try load(
      "privacy.strip_identifiers = \"all\"\nmodels.aliases = { a = \"b\" }\n[compat]\nmembers = \"minimal\"\n"
        + "messages = \"pass\"\nremote_images = \"pass\""
    ).policy
    #expect(policy.stripIdentifiers == .all)
    #expect(policy.members == .minimal)
    #expect(policy.messages == .pass)
    #expect(policy.remoteImages == .pass)
    #expect(policy.aliases == ["a": "b"])
  }

  @Test("other words are refused")
  func words() {
    #expect(
      faults("compat.members = \"none\"\ncompat.remote_images = \"auto\"") == [
        "/c.toml:1:1: compat.members: \"none\" is not one of the words; allowed: auto, pass, minimal",
        "/c.toml:2:1: compat.remote_images: \"auto\" is not one of the words; allowed: refuse, pass",
      ])
  }

  @Test("a model's name that no request can carry is refused")
  func longNames() {
    let name = String(repeating: "m", count: 257)
    #expect(faults("models.list = [\"\(name)\"]").count == 1)
    #expect(faults("models.list = [\"\(name.dropLast())\"]").isEmpty)
  }
}
