import Testing

@testable import ContentCoding

/// Data that CPython's zlib and gzip and PyPI's zstandard made.
@Suite("Bodies that other programs compressed")
struct VectorTests {
  private static let text = Array(#"{"model":"m","messages":[]}"#.utf8)

  private static let gzip =
    "1f8b0800000000000203ab56cacd4f49cd51b252ca55d251ca4d2d2e4e4c4f2d56b28a8ead0500b622295a1b000000"
  private static let namedGzip =
    "1f8b080800f1536502ff626f64792e6a736f6e00ab56cacd4f49cd51b252ca55d251ca4d2d2e4e4c4f2d56b28a8ead0500b622"
    + "295a1b000000"
  private static let zlib = "789cab56cacd4f49cd51b252ca55d251ca4d2d2e4e4c4f2d56b28a8ead05007ae608f3"
  private static let bare = "ab56cacd4f49cd51b252ca55d251ca4d2d2e4e4c4f2d56b28a8ead0500"
  private static let frame =
    "28b52ffd241bd900007b226d6f64656c223a226d222c226d65737361676573223a5b5d7db9b098e9"
  private static let frameOfUnknownSize =
    "28b52ffd0058d900007b226d6f64656c223a226d222c226d65737361676573223a5b5d7d"

  @Test(arguments: [
    (ContentCoding.gzip, gzip), (.gzip, namedGzip), (.deflate, zlib), (.deflate, bare), (.zstd, frame),
    (.zstd, frameOfUnknownSize),
  ])
  func `are read`(coding: ContentCoding, hex: String) throws {
    #expect(try ContentCoding.decode(bytes(hex), codings: [coding], limit: Self.text.count) == Self.text)
    #expect(throws: ContentCodingFault.tooLarge(limit: Self.text.count - 1)) {
      try ContentCoding.decode(bytes(hex), codings: [coding], limit: Self.text.count - 1)
    }
  }

  @Test(arguments: [
    (ContentCoding.gzip, gzip), (.gzip, namedGzip), (.deflate, zlib), (.deflate, bare), (.zstd, frame),
  ])
  func `are refused as too short wherever they end`(coding: ContentCoding, hex: String) throws {
    let whole = try bytes(hex)
    for count in 1..<whole.count {
      #expect(throws: ContentCodingFault.malformed(coding, .truncated), "\(count) bytes") {
        try ContentCoding.decode(Array(whole.prefix(count)), codings: [coding], limit: 1000)
      }
    }
  }

  @Test(
    arguments: [(ContentCoding.gzip, gzip), (.deflate, zlib), (.deflate, bare), (.zstd, frame)],
    [
      [0], [0x1F, 0], [0x1F], Array("{}".utf8), [UInt8](repeating: 0, count: 500),
      Array("trailing garbage".utf8),
    ] as [[UInt8]])
  func `are refused with a byte too many`(vector: (ContentCoding, String), garbage: [UInt8]) throws {
    let (coding, hex) = vector
    let fault = #expect(throws: ContentCodingFault.self) {
      try ContentCoding.decode(bytes(hex) + garbage, codings: [coding], limit: 1000)
    }
    let isHalfAMember = coding == .gzip && garbage == [0x1F]
    #expect(fault == .malformed(coding, isHalfAMember ? .truncated : .trailingBytes))
  }

  @Test(arguments: [(ContentCoding.gzip, gzip, 8), (.deflate, zlib, 4), (.zstd, frame, 4)])
  func `are refused when a checksum or length does not match`(coding: ContentCoding, hex: String, count: Int)
    throws
  {
    let whole = try bytes(hex)
    for index in whole.indices.suffix(count) {
      var damaged = whole
      damaged[index] ^= 0x10
      #expect(throws: ContentCodingFault.malformed(coding, .corrupt)) {
        try ContentCoding.decode(damaged, codings: [coding], limit: 1000)
      }
    }
  }

  @Test func `are refused when they need a dictionary`() throws {
    let zlibWithDictionary = "78bb2082048fab56cacd4f49cd51b252ca55d2514296a905007ae608f3"
    let zstdWithDictionary = "28b52ffd23fbcffc4e1b7d0000487b226d6f64656c5d7d01009c178c"
    #expect(throws: ContentCodingFault.malformed(.deflate, .dictionary)) {
      try ContentCoding.decode(bytes(zlibWithDictionary), codings: [.deflate], limit: 1000)
    }
    #expect(throws: ContentCodingFault.malformed(.zstd, .dictionary)) {
      try ContentCoding.decode(bytes(zstdWithDictionary), codings: [.zstd], limit: 1000)
    }
  }

  @Test(arguments: ContentCoding.allCases, ["gzip", "zlib", "zstd", "text"])
  func `are refused under another name than their own, and so is what is not compressed`(
    coding: ContentCoding, kind: String
  ) throws {
    let body =
      switch kind {
      case "gzip": try bytes(Self.gzip)
      case "zlib": try bytes(Self.zlib)
      case "zstd": try bytes(Self.frame)
      default: Self.text
      }
    let isRight = [.gzip: "gzip", .deflate: "zlib", .zstd: "zstd"][coding] == kind
    guard !isRight else {
      return #expect(try ContentCoding.decode(body, codings: [coding], limit: 99) == Self.text)
    }
    let fault = #expect(throws: ContentCodingFault.self) {
      try ContentCoding.decode(body, codings: [coding], limit: 1000)
    }
    // Bare data has no mark, so what is wrong with it depends on what it looks like.
    if coding != .deflate { #expect(fault == .malformed(coding, .corrupt)) }
  }

  @Test func `A format of zstd from before its standard is refused`() {
    for version in UInt8(0x22)...0x27 {
      #expect(throws: ContentCodingFault.malformed(.zstd, .corrupt)) {
        try ContentCoding.decode([version, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0, 0], codings: [.zstd], limit: 1000)
      }
    }
  }

  private func bytes(_ hex: String) throws -> [UInt8] {
    let digits = Array(hex.utf8)
    return try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
    }
  }
}
