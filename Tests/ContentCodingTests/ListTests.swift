import Testing

@testable import ContentCoding

@Suite("The value of Content-Encoding")
struct ListTests {
  @Test(
    arguments: [
      ("gzip", [.gzip]), ("GZip", [.gzip]), ("x-gzip", [.gzip]), ("X-GZIP", [.gzip]), ("deflate", [.deflate]),
      ("zstd", [.zstd]), ("gzip, zstd", [.gzip, .zstd]), ("zstd,gzip", [.zstd, .gzip]),
      (" \tdeflate\t, zstd ", [.deflate, .zstd]), ("gzip,gzip,gzip,gzip", [.gzip, .gzip, .gzip, .gzip]),
      ("", []), (" ", []), (",", []), ("identity", []), ("Identity, gzip", [.gzip]), (", gzip,,", [.gzip]),
    ] as [(String, [ContentCoding])])
  func `names codings in the order of their application`(value: String, codings: [ContentCoding]) throws {
    #expect(try ContentCoding.list(value) == codings)
  }

  @Test(arguments: [
    ("br", "br"), ("gzip, Brotli", "Brotli"), ("compress", "compress"), ("gzip;q=1", "gzip;q=1"),
    ("gz ip", "gz ip"), ("*", "*"), ("x-zstd", "x-zstd"),
  ])
  func `names what is not known`(value: String, name: String) {
    #expect(throws: ContentCodingFault.unknown(name)) { try ContentCoding.list(value) }
  }

  @Test func `is refused when it names too many, whatever else it holds`() throws {
    #expect(throws: ContentCodingFault.tooMany(limit: 4)) {
      try ContentCoding.list("gzip, gzip, gzip, gzip, gzip")
    }
    #expect(throws: ContentCodingFault.tooMany(limit: 4)) {
      try ContentCoding.list(String(repeating: "zstd,", count: 10_000))
    }
    let manyThatDoNotCount = String(repeating: "identity,,", count: 1000) + "gzip"
    #expect(try ContentCoding.list(manyThatDoNotCount) == [.gzip])
  }

  @Test func `What a refusal offers is what is taken`() throws {
    #expect(try ContentCoding.list(ContentCoding.accepted) == ContentCoding.allCases)
  }

  @Test func `Faults quote nothing of the caller's`() {
    #expect(!ContentCodingFault.unknown("secret").description.contains("secret"))
  }
}
