import Testing

@testable import ContentCoding

@Suite("Damaged bodies")
struct CorruptionTests {
  private static let limit = 200_000

  /// Each with a checksum, so that damage does not pass for content.
  private static let bodies: [(ContentCoding, [UInt8])] = [
    (.gzip, Compressing.gzip(prose(5000)) + Compressing.gzip(noise(300))),
    (.deflate, Compressing.zlib(prose(5000))),
    (.zstd, Compressing.zstd(prose(5000)) + Compressing.skippable([1, 2, 3]) + Compressing.zstd(noise(300))),
  ]

  @Test(arguments: 0..<3)
  func `never trap and never pass for whole`(index: Int) throws {
    let (coding, body) = Self.bodies[index]
    let text = try ContentCoding.decode(body, codings: [coding], limit: Self.limit)
    var generator = Generator(state: 7)
    var refused = 0
    for _ in 0..<3000 {
      var damaged = body
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: damaged.indices, using: &generator)
        damaged[place] = UInt8.random(in: 0...255, using: &generator)
      }
      do throws(ContentCodingFault) {
        // Names, times and skipped bytes may differ, and a byte may have been changed into itself; the content may not.
        #expect(try ContentCoding.decode(damaged, codings: [coding], limit: Self.limit) == text)
      } catch { refused += 1 }
    }
    #expect(refused > 2500)
  }

  @Test(arguments: ContentCoding.allCases)
  func `never trap when bytes are missing, doubled or out of nowhere`(coding: ContentCoding) {
    var generator = Generator(state: 11)
    let body = Compressing.encode(prose(3000), as: coding)
    var whole = 0
    for round in 0..<2000 {
      var damaged =
        round % 2 == 0 ? body : Compressing.encode([], as: coding).prefix(4) + noise(200, seed: UInt64(round))
      let place = Int.random(in: damaged.indices, using: &generator)
      let end = Int.random(in: place...damaged.count, using: &generator)
      if Bool.random(using: &generator) {
        damaged.removeSubrange(place..<end)
      } else {
        damaged.insert(contentsOf: damaged[place..<end], at: place)
      }
      if (try? ContentCoding.decode(damaged, codings: [coding], limit: 4000)) != nil { whole += 1 }
    }
    // Cutting out or doubling nothing leaves the body whole, and so does cutting out all of it.
    #expect(whole < 200)
  }

  @Test(arguments: ContentCoding.allCases)
  func `are refused wherever they are cut`(coding: ContentCoding) {
    let body = Compressing.encode(prose(2000), as: coding)
    for count in 1..<body.count {
      #expect(throws: ContentCodingFault.malformed(coding, .truncated)) {
        try ContentCoding.decode(Array(body.prefix(count)), codings: [coding], limit: Self.limit)
      }
    }
  }

  /// libzstd compares the sizes only when it has room for all that the frame claims to hold.
  @Test(arguments: [0, 100, 10_000])
  func `are refused when a frame holds less than it says`(limit: Int) throws {
    let claimsTooMuch: [[UInt8]] = [
      // One segment of 248 bytes; an empty block, the last one.
      [0x28, 0xB5, 0x2F, 0xFD, 0x20, 248, 0x05, 0, 0],
      [0x28, 0xB5, 0x2F, 0xFD, 0x20, 248, 0x01, 0, 0],
      // The same with three plain bytes before it, of 5,000 (the two-byte size has an offset of 256).
      [0x28, 0xB5, 0x2F, 0xFD, 0x60, 0x88, 0x12, 0x18, 0, 0] + [1, 2, 3] + [0x01, 0, 0],
    ]
    for frame in claimsTooMuch {
      for body in [frame, Compressing.zstd([]) + frame, Compressing.skippable([1]) + frame] {
        #expect(throws: ContentCodingFault.self) {
          try ContentCoding.decode(body, codings: [.zstd], limit: limit)
        }
      }
    }
    let truthful: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 3, 0x18, 0, 0, 1, 2, 3, 0x01, 0, 0]
    #expect(try ContentCoding.decode(truthful + truthful, codings: [.zstd], limit: 6) == [1, 2, 3, 1, 2, 3])
  }
}
