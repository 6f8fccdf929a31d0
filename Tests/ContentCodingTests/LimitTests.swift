import Testing

@testable import ContentCoding

@Suite("The limit on decoded bodies")
struct LimitTests {
  @Test(arguments: [1, 4096, 262_144, 262_145, 1 << 20])
  func `may be met exactly and not be passed by a byte`(limit: Int) throws {
    let fits = prose(limit)
    let body: (ContentCoding, [UInt8]) -> [UInt8] = { Compressing.encode($1, as: $0) }
    for coding in ContentCoding.allCases {
      #expect(try ContentCoding.decode(body(coding, fits), codings: [coding], limit: limit) == fits)
      #expect(throws: ContentCodingFault.tooLarge(limit: limit)) {
        try ContentCoding.decode(body(coding, fits + [0]), codings: [coding], limit: limit)
      }
    }
  }

  @Test(arguments: [ContentCoding.gzip, .zstd])
  func `holds for what members and frames have together`(coding: ContentCoding) throws {
    let body = Compressing.encode(prose(600), as: coding) + Compressing.encode(prose(400), as: coding)
    #expect(try ContentCoding.decode(body, codings: [coding], limit: 1000).count == 1000)
    #expect(throws: ContentCodingFault.tooLarge(limit: 999)) {
      try ContentCoding.decode(body, codings: [coding], limit: 999)
    }
  }

  @Test(arguments: ContentCoding.allCases)
  func `ends bombs long before they are through`(coding: ContentCoding) throws {
    // A gibibyte of zeros would take a second; one mebibyte takes one thousandth of that.
    let bomb = Compressing.encode([UInt8](repeating: 0, count: 64 << 20), as: coding)
    let start = ContinuousClock.now
    for _ in 0..<10 {
      #expect(throws: ContentCodingFault.tooLarge(limit: 1 << 20)) {
        try ContentCoding.decode(bomb, codings: [coding], limit: 1 << 20)
      }
    }
    #expect(start.duration(to: .now) < .seconds(2))
  }

  @Test func `holds between two codings too, with room for framing`() throws {
    let bomb = Compressing.zstd(Compressing.gzip([UInt8](repeating: 0, count: 64 << 20)))
    #expect(throws: ContentCodingFault.tooLarge(limit: 10_000)) {
      try ContentCoding.decode(bomb, codings: [.gzip, .zstd], limit: 10_000)
    }
    // Nothing at the end, and no end of work on the way there.
    let idle = Compressing.zstd([UInt8]((0..<50_000).map { _ in Compressing.gzip([]) }.joined()))
    #expect(throws: ContentCodingFault.tooLarge(limit: 10_000)) {
      try ContentCoding.decode(idle, codings: [.gzip, .zstd], limit: 10_000)
    }
    for limit in [1, 100, 100_000] {
      let random = noise(limit)
      let twice = Compressing.gzip(Compressing.gzip(random, level: 0), level: 0)
      #expect(try ContentCoding.decode(twice, codings: [.gzip, .gzip], limit: limit) == random)
    }
  }

  @Test func `keeps what it takes from growing with what is claimed`() throws {
    // A frame that says it holds 2⁶² bytes in a window of as many, and then ends.
    let claim: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x01, 0, 0]
    #expect(throws: ContentCodingFault.malformed(.zstd, .window)) {
      try ContentCoding.decode(claim, codings: [.zstd], limit: 1 << 20)
    }
  }
}
