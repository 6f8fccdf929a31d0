import Testing

@testable import ContentCoding

@Suite("Decoding bodies")
struct DecodingTests {
  private static let limit = 10 << 20

  /// Around every size at which a buffer ends.
  private static let sizes = [
    1, 2, 4095, 4096, 4097, 16_383, 16_384, 65_536, 131_071, 131_072, 262_143, 262_144, 262_145, 1_000_003,
  ]

  @Test(arguments: sizes)
  func `gives back what was compressed, at every size and level`(size: Int) throws {
    for bytes in [prose(size), noise(size), [UInt8](repeating: 0x20, count: size)] {
      for level in [CInt(0), 1, 9] {
        try expect(Compressing.gzip(bytes, level: level), [.gzip], decodesTo: bytes)
        try expect(Compressing.zlib(bytes, level: level), [.deflate], decodesTo: bytes)
        try expect(Compressing.bare(bytes, level: level), [.deflate], decodesTo: bytes)
      }
      for level in [CInt(-5), 1, 3] {
        try expect(Compressing.zstd(bytes, level: level), [.zstd], decodesTo: bytes)
        try expect(
          Compressing.zstd(bytes, level: level, windowLog: 17, checksum: false), [.zstd], decodesTo: bytes)
      }
    }
  }

  @Test func `undoes several codings, the last first`() throws {
    let text = prose(300_000)
    for first in ContentCoding.allCases {
      for second in ContentCoding.allCases {
        let body = Compressing.encode(Compressing.encode(text, as: first), as: second)
        try expect(body, [first, second], decodesTo: text)
        if first != second {
          #expect(throws: ContentCodingFault.self) {
            try ContentCoding.decode(body, codings: [second, first], limit: Self.limit)
          }
        }
      }
    }
    let four: [ContentCoding] = [.gzip, .zstd, .deflate, .gzip]
    try expect(four.reduce(noise(70_000)) { Compressing.encode($0, as: $1) }, four, decodesTo: noise(70_000))
  }

  @Test func `leaves a body without codings as it is, and an empty one empty`() throws {
    #expect(try ContentCoding.decode([1, 2, 3], codings: [], limit: 3) == [1, 2, 3])
    #expect(throws: ContentCodingFault.tooLarge(limit: 2)) {
      try ContentCoding.decode([1, 2, 3], codings: [], limit: 2)
    }
    for coding in ContentCoding.allCases {
      #expect(try ContentCoding.decode([], codings: [coding], limit: 0) == [])
      // What is empty only after one step is not what a compressor writes.
      #expect(throws: ContentCodingFault.malformed(.gzip, .truncated)) {
        try ContentCoding.decode(Compressing.encode([], as: coding), codings: [.gzip, coding], limit: 100)
      }
    }
  }

  @Test(arguments: ContentCoding.allCases)
  func `of a compressed nothing gives nothing`(coding: ContentCoding) throws {
    try expect(Compressing.encode([], as: coding), [coding], decodesTo: [])
    #expect(try ContentCoding.decode(Compressing.encode([], as: coding), codings: [coding], limit: 0) == [])
  }

  @Test func `joins gzip members and zstd frames`() throws {
    let (first, second) = (prose(300_000), noise(1000))
    try expect(Compressing.gzip(first) + Compressing.gzip(second), [.gzip], decodesTo: first + second)
    try expect(Compressing.gzip([]) + Compressing.gzip(first), [.gzip], decodesTo: first)
    try expect(Compressing.zstd(first) + Compressing.zstd(second), [.zstd], decodesTo: first + second)
    try expect(Compressing.zstd([]) + Compressing.zstd(first), [.zstd], decodesTo: first)
    let manyMembers = (0..<1000).flatMap { Compressing.gzip([UInt8(truncatingIfNeeded: $0)]) }
    try expect(manyMembers, [.gzip], decodesTo: (0..<1000).map { UInt8(truncatingIfNeeded: $0) })
    for body in [Compressing.zlib(second), Compressing.bare(second)] {
      #expect(throws: ContentCodingFault.malformed(.deflate, .trailingBytes)) {
        try ContentCoding.decode(body + body, codings: [.deflate], limit: Self.limit)
      }
    }
  }

  @Test func `passes over skippable frames of zstd`() throws {
    let (text, skip) = (prose(200_000), Compressing.skippable(noise(3000)))
    try expect(skip + Compressing.zstd(text) + Compressing.skippable([]) + skip, [.zstd], decodesTo: text)
    try expect(skip, [.zstd], decodesTo: [])
    #expect(throws: ContentCodingFault.malformed(.zstd, .truncated)) {
      try ContentCoding.decode(Array(skip.dropLast()), codings: [.zstd], limit: Self.limit)
    }
  }

  @Test func `refuses windows beyond the 8 MiB of RFC 9659 and takes those`() throws {
    let text = prose(100_000)
    try expect(Compressing.zstd(text, windowLog: 23), [.zstd], decodesTo: text)
    #expect(throws: ContentCodingFault.malformed(.zstd, .window)) {
      try ContentCoding.decode(Compressing.zstd(text, windowLog: 24), codings: [.zstd], limit: Self.limit)
    }
  }

  private func expect(
    _ body: [UInt8], _ codings: [ContentCoding], decodesTo text: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let decoded = try ContentCoding.decode(body, codings: codings, limit: Self.limit)
    #expect(decoded == text, sourceLocation: sourceLocation)
  }
}
