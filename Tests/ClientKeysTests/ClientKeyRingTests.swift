import ClientKeys
import Platform
import Sealing
import TestVectors
import Testing

@Suite struct ClientKeyRingTests {
  private struct NoEntropy: Error, Equatable {}

  private static func stored(_ name: String) throws -> RSAPrivateKey {
    try RSAPrivateKey(document: TestVectors.bytes("keys/\(name)_private_key.pem"))
  }

  @Test func `there is no key until one is made`() async throws {
    let ring = ClientKeyRing(threads: WorkerThreads(count: 1, name: "test"), wallClock: { 7 }) {
      try Self.stored("client")
    }
    #expect(ring.current == nil)
    let made = try await ring.renew()
    #expect(ring.current === made)
    #expect(made.number == 1)
    #expect(made.createdAt == 7)
  }

  @Test func `a generation that was announced still opens its answer after it was replaced`() async throws {
    let ring = ClientKeyRing(threads: WorkerThreads(count: 1, name: "test"), wallClock: { 0 }) {
      try RSAPrivateKey.generate(bits: 2048)
    }
    let announced = try await ring.renew()
    let wrapped = try announced.privateKey.publicKey.wrap(.random())
    for expected in 2...4 { #expect(try await ring.renew().number == expected) }
    #expect(ring.current !== announced)
    #expect(throws: Never.self) { _ = try announced.privateKey.unwrap(wrapped) }
    let current = try #require(ring.current)
    #expect(throws: SealingError.unwrapFailed) { _ = try current.privateKey.unwrap(wrapped) }
  }

  @Test func `a replaced generation is freed with its last holder`() async throws {
    let ring = ClientKeyRing(threads: WorkerThreads(count: 1, name: "test"), wallClock: { 0 }) {
      try Self.stored("client")
    }
    weak let first = try await ring.renew()
    #expect(first != nil)
    try await ring.renew()
    #expect(first == nil)
  }

  @Test func `a failure to make a pair leaves the current one`() async throws {
    let fails = Locked(false)
    let ring = ClientKeyRing(threads: WorkerThreads(count: 1, name: "test"), wallClock: { 0 }) {
      if fails.withLock({ $0 }) { throw NoEntropy() }
      return try Self.stored("client")
    }
    let first = try await ring.renew()
    fails.withLock { $0 = true }
    await #expect(throws: NoEntropy()) { try await ring.renew() }
    #expect(ring.current === first)
  }
}
