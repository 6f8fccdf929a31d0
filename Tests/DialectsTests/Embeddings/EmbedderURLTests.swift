import Testing

@testable import Dialects

@Suite struct EmbedderURLTests {
  @Test(arguments: [
    ("http://127.0.0.1:11434", ["http://127.0.0.1:11434/v1/embeddings"]),
    ("http://127.0.0.1:11434/", ["http://127.0.0.1:11434/v1/embeddings"]),
    ("http://127.0.0.1:8080/v1", ["http://127.0.0.1:8080/v1/embeddings"]),
    ("http://127.0.0.1:8080/v1/", ["http://127.0.0.1:8080/v1/embeddings"]),
    ("http://127.0.0.1:8080/v1/embeddings", ["http://127.0.0.1:8080/v1/embeddings"]),
    ("http://127.9.8.7/api/v1//", ["http://127.9.8.7/api/v1/embeddings"]),
    ("HTTP://[::1]:1", ["http://[::1]:1/v1/embeddings"]), ("http://[::1]", ["http://[::1]/v1/embeddings"]),
    ("http://a.localhost", ["http://127.0.0.1/v1/embeddings", "http://[::1]/v1/embeddings"]),
    (
      "http://LocalHost:65535/v1",
      ["http://127.0.0.1:65535/v1/embeddings", "http://[::1]:65535/v1/embeddings"]
    ),
  ])
  func `an address of this machine leads to its embeddings`(text: String, endpoints: [String]) throws {
    #expect(try #require(EmbedderURL(text)).endpoints == endpoints)
  }

  @Test(arguments: [
    "", "127.0.0.1:80", "https://127.0.0.1", "ftp://127.0.0.1", "http:/127.0.0.1", "http://", "http:///v1",
    "http://example.com", "http://10.0.0.1", "http://0.0.0.0", "http://[::]", "http://[::ffff:127.0.0.1]",
    "http://[::2]", "http://128.0.0.1", "http://127.1", "http://2130706433", "http://0x7f.0.0.1",
    "http://0177.0.0.1", "http://127.0.0.01", "http://127.0.0.256", "http://127.0.0.1.", "http://127.0.0.+1",
    "http://127.0.0.1.example.com", "http://localhost.example.com", "http://localhost.", "http://mylocalhost",

    "http://127.0.0.1@example.com", "http://user:pass@127.0.0.1", "http://example.com#@127.0.0.1",
    "http://example.com\\@127.0.0.1", "http://127.0.0.1?x", "http://127.0.0.1/v1?key=1", "http://127.0.0.1:0",
    "http://127.0.0.1:65536", "http://127.0.0.1:", "http://127.0.0.1:+80", "http://127.0.0.1:80:90",
    "http://127.0.0.1:80 ", " http://127.0.0.1", "http://127.0.0.1\r\nHost: x", "http://127.0.0.1\u{0}",
    "http://١٢٧.0.0.1", "http://ⓛocalhost", "http://[::1", "http://::1", "http://[::1]x:80", "http://[::1]]",
    "http://[::1%25eth0]",
  ])
  func `whatever might be elsewhere is none`(text: String) {
    #expect(EmbedderURL(text) == nil)
  }

  @Test func `it is told as it was configured`() {
    #expect(EmbedderURL("http://LOCALHOST:8080/v1/")?.description == "http://localhost:8080/v1")
  }
}
