import Testing

@testable import Sealing

@Suite struct GenerationTests {
  @Test func `a made pair has the length asked for and opens what its public half wrapped`() throws {
    let pair = try RSAPrivateKey.generate(bits: 2048)
    #expect(pair.bits == 2048)
    let key = try ContentKey.random()
    let opened = try pair.unwrap(try pair.publicKey.wrap(key))
    #expect(opened.withBytes { [UInt8]($0) } == key.withBytes { [UInt8]($0) })
  }

  @Test func `another pair does not open it`() throws {
    let wrapped = try RSAPrivateKey.generate(bits: 2048).publicKey.wrap(.random())
    let stranger = try RSAPrivateKey.generate(bits: 2048)
    #expect(throws: SealingError.unwrapFailed) { _ = try stranger.unwrap(wrapped) }
  }

  @Test(arguments: [0, 1, 255, 257, 512])
  func `a wrapped key of another length than the modulus is refused`(count: Int) throws {
    let pair = try RSAPrivateKey.generate(bits: 2048)
    #expect(throws: SealingError.unwrapFailed) { _ = try pair.unwrap([UInt8](repeating: 1, count: count)) }
  }

  @Test func `content keys and random bytes do not repeat`() throws {
    var seen: Set<[UInt8]> = []
    for _ in 0..<1000 {
      seen.insert(try ContentKey.random().withBytes { [UInt8]($0) })
      seen.insert(try RandomBytes.make(12))
    }
    #expect(seen.count == 2000)
  }
}
