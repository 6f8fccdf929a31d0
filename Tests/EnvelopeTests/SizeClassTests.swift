import Envelope
import Sealing
import TestVectors
import Testing

@Suite struct SizeClassTests {
  @Test(arguments: [
    (0, 2048), (1, 2048), (2048, 2048), (2049, 2304), (2304, 2304), (2305, 2560), (4096, 4096), (4097, 4608),
    (9 << 20, 9 << 20), ((9 << 20) + 1, 10 << 20), (10 << 20, 10 << 20), ((10 << 20) + 1, (10 << 20) + 1),
  ])
  func `each length has its class`(_ count: Int, _ expected: Int) {
    #expect(SizeClass.byteCount(for: count) == expected)
  }

  @Test func `classes grow by an eighth at most, never shrink a text and never pass the limit`() {
    var classes: [Int] = []
    var count = 0
    while count <= Wire.requestPlaintextLimit {
      let size = SizeClass.byteCount(for: count)
      #expect(size >= count)
      #expect(SizeClass.byteCount(for: size) == size)
      classes.append(size)
      count = size + 1
    }
    #expect(classes.first == SizeClass.smallest)
    #expect(classes.last == Wire.requestPlaintextLimit)
    for (smaller, larger) in zip(classes, classes.dropFirst()) {
      #expect(larger - smaller <= smaller / 8)
    }
    // Few enough to hide in.
    #expect(classes.count < 110)
  }

  @Test func `a padded text is the text and spaces`() {
    let before = Array(#"{"model":"m"}"#.utf8)
    let text = SizeClass.padded(before)
    #expect(text.count == SizeClass.smallest)
    #expect(Array(text.prefix(before.count)) == before)
    #expect(text.dropFirst(before.count).allSatisfy { $0 == UInt8(ascii: " ") })
  }

  @Test func `prompts of one class give envelopes of one length`() throws {
    let router = try RSAPublicKey(
      document: TestVectors.bytes("keys/server_public_key.pem"), minimumBits: 4096)
    func length(_ promptLength: Int) throws -> Int {
      let text = Array("{\"p\":\"\(String(repeating: "x", count: promptLength))\"}".utf8)
      return try Envelope.seal(request: SizeClass.padded(text), for: router).count
    }
    #expect(try Set([0, 1, 700, 2040].map(length)).count == 1)
    #expect(try Set([2041, 2100, 2296].map(length)).count == 1)
    #expect(try length(2040) != length(2041))
  }
}
