import Platform
import Sealing
import TestVectors
import Testing

@testable import RouterTrust

@Suite(.timeLimit(.minutes(2))) struct RouterKeyCacheTests {
  private let first = TestVectors.bytes("keys/server_public_key.pem")
  private let second = TestVectors.bytes("keys/server2_public_key.pem")
  private let router = ManualRouter()
  private let clock = TestClock()

  private func cache() -> RouterKeyCache {
    RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .tls), minimumBits: 4096, clock: clock.look
    ) { [router] in try await router.fetch() }
  }

  @Test func `fifty who ask at once share one fetch`() async throws {
    let cache = cache()
    let waiting = (0..<50).map { _ in Task { try await cache.current().publicKey.fingerprint } }
    await router.answer(.success(first))
    var fingerprints: Set<KeyFingerprint> = []
    for task in waiting { fingerprints.insert(try await task.value) }
    #expect(fingerprints.count == 1)
    #expect(router.fetches.withLock { $0 } == 1)
  }

  @Test func `a known key is given without asking`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let known = try await key.value
    #expect(try await cache.current().publicKey.fingerprint == known.publicKey.fingerprint)
    #expect(router.fetches.withLock { $0 } == 1)
  }

  @Test func `a failed fetch is told to all who wait, and one after the back-off tries again`() async throws {
    let cache = cache()
    let failing = Task { try await cache.current() }
    await router.answer(.failure(Unreachable()))
    await #expect(throws: Unreachable()) { _ = try await failing.value }
    await #expect(throws: Unreachable()) { try await cache.refresh() }
    #expect(router.fetches.withLock { $0 } == 1)
    clock.advance(by: LookMachine.firstBackoff)
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    _ = try await key.value
    #expect(router.fetches.withLock { $0 } == 2)
  }

  @Test func `while a refresh fails the known key stays`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let known = try await key.value
    let refreshing = Task { try await cache.refresh() }
    await router.answer(.failure(Unreachable()))
    await #expect(throws: Unreachable()) { _ = try await refreshing.value }
    #expect(try await cache.current().publicKey.fingerprint == known.publicKey.fingerprint)
  }

  @Test func `a document that is refused does not take the known key's place`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let known = try await key.value
    let refreshing = Task { try await cache.refresh() }
    await router.answer(.success(TestVectors.bytes("keys/server_public_key.two_keys.pem")))
    await #expect(throws: KeyDocumentError.severalBlocks) { _ = try await refreshing.value }
    #expect(await cache.knownKey?.publicKey.fingerprint == known.publicKey.fingerprint)
  }

  @Test func `after a rejection an unchanged key means that sealing anew is in vain`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let known = try await key.value
    let replacement = Task { try await cache.replacement(for: known) }
    await router.answer(.success(first))
    #expect(try await replacement.value?.publicKey.fingerprint == nil)
  }

  @Test func `after a rejection a changed key is given, and to the next without asking again`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let known = try await key.value
    let replacement = Task { try await cache.replacement(for: known) }
    await router.answer(.success(second))
    let fresh = try #require(try await replacement.value)
    #expect(fresh.publicKey.fingerprint != known.publicKey.fingerprint)
    #expect(try await cache.replacement(for: known)?.publicKey.fingerprint == fresh.publicKey.fingerprint)
    #expect(router.fetches.withLock { $0 } == 2)
  }

  @Test func `a fetch goes on when the one who began it gives up`() async throws {
    let cache = cache()
    let impatient = Task { try await cache.current() }
    while router.fetches.withLock({ $0 }) == 0 { await Task.yield() }
    impatient.cancel()
    let patient = Task { try await cache.current() }
    await router.answer(.success(first))
    _ = try await patient.value
    #expect(router.fetches.withLock { $0 } == 1)
  }

  @Test func `one who gives up is let go at once, while the fetch still runs`() async throws {
    let cache = cache()
    let impatient = Task { try await cache.current() }
    while router.fetches.withLock({ $0 }) == 0 { await Task.yield() }
    impatient.cancel()
    await #expect(throws: CancellationError.self) { _ = try await impatient.value }
    await router.answer(.success(first))
  }

  @Test func `a look that began before the rejection does not prove that the key is the same`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let used = try await key.value
    let refreshing = Task { try await cache.refresh() }
    while router.fetches.withLock({ $0 }) == 1 { await Task.yield() }
    // The router has answered that look already when it changes its key and rejects what was sealed for the old one.
    let replacement = Task { try await cache.replacement(for: used) }
    while await cache.waiting < 2 { await Task.yield() }
    await router.answer(.success(first))
    _ = try await refreshing.value
    await router.answer(.success(second))
    #expect(try await replacement.value?.publicKey.fingerprint == TestKey.second.fingerprint)
  }

  @Test func `a look that began before the rejection and shows a new key is enough`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let used = try await key.value
    let refreshing = Task { try await cache.refresh() }
    while router.fetches.withLock({ $0 }) == 1 { await Task.yield() }
    let replacement = Task { try await cache.replacement(for: used) }
    while await cache.waiting < 2 { await Task.yield() }
    await router.answer(.success(second))
    _ = try await refreshing.value
    #expect(try await replacement.value?.publicKey.fingerprint == TestKey.second.fingerprint)
    #expect(router.fetches.withLock { $0 } == 2)
  }

  @Test func `forty rejections one after the other make four looks at once and then one a second`()
    async throws
  {
    let plain = PlainRouter(.first)
    let clock = clock
    let cache = RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .tls), minimumBits: 4096, clock: clock.look
    ) { try plain.fetch() }
    let used = try await cache.current()
    let start = clock.now
    for _ in 0..<40 { #expect(try await cache.replacement(for: used)?.publicKey.fingerprint == nil) }
    #expect(start.duration(to: clock.now) == .seconds(36))
    #expect(plain.asked == 41)
    plain.show(.second)
    #expect(try await cache.replacement(for: used)?.publicKey.fingerprint == TestKey.second.fingerprint)
    #expect(start.duration(to: clock.now) == .seconds(37))
  }

  @Test func `a hundred rejections at once share one look`() async throws {
    let cache = cache()
    let key = Task { try await cache.current() }
    await router.answer(.success(first))
    let used = try await key.value
    let rejected = (0..<100).map { _ in Task { try await cache.replacement(for: used) } }
    while await cache.waiting < 100 { await Task.yield() }
    await router.answer(.success(second))
    for task in rejected {
      #expect(try await task.value?.publicKey.fingerprint == TestKey.second.fingerprint)
    }
    #expect(router.fetches.withLock { $0 } == 2)
  }

  @Test func `a router that fails is asked a few times in a minute, however often the key is wanted`()
    async throws
  {
    let plain = PlainRouter(.first)
    plain.fail()
    let clock = clock
    let cache = RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .tls), minimumBits: 4096, clock: clock.look
    ) { try plain.fetch() }
    for _ in 0..<600 {
      await #expect(throws: Unreachable()) { try await cache.current() }
      clock.advance(by: .milliseconds(100))
    }
    // After 0.25, 0.5, 1, 2, 4, 8, 16 and 30 s.
    #expect(plain.asked == 8)
    plain.show(.first)
    #expect(try await cache.refresh(force: true).publicKey.fingerprint == TestKey.first.fingerprint)
  }

  @Test func `age counts from the last look that showed the key`() async throws {
    let plain = PlainRouter(.first)
    let clock = clock
    let cache = RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .tls), minimumBits: 4096, wallClock: { 1000 },
      clock: clock.look
    ) { try plain.fetch() }
    #expect(await cache.status == RouterKeyStatus(router: routerURL, mode: .tls))
    _ = try await cache.current()
    clock.advance(by: .seconds(90))
    plain.fail()
    _ = try? await cache.refresh()
    let status = await cache.status
    #expect(status.age == .seconds(90))
    #expect(status.lastFailure == "Unreachable()")
    #expect(status.lastLook == 1000)
    #expect(status.trusted?.bits == 4096)
    plain.show(.first)
    clock.advance(by: .seconds(1))
    try await cache.refresh()
    #expect(await cache.status.age == .zero)
    #expect(await cache.status.lastFailure == nil)
  }
}
