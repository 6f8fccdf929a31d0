import Platform
import RouterTrust
import Sealing
import TestVectors
import Testing

@Suite struct RouterKeyCacheTests {
  /// A router whose answers the test gives one by one.
  private final class ManualRouter: Sendable {
    typealias Pending = CheckedContinuation<[UInt8], any Error>

    private let asked = AsyncStream<Pending>.makeStream()
    let fetches = Locked(0)

    func fetch() async throws -> [UInt8] {
      fetches.withLock { $0 += 1 }
      return try await withCheckedThrowingContinuation { asked.continuation.yield($0) }
    }

    /// Waits until the router is asked, and answers.
    func answer(_ result: Result<[UInt8], any Error>) async {
      var questions = asked.stream.makeAsyncIterator()
      await questions.next()?.resume(with: result)
    }
  }

  private struct Unreachable: Error, Equatable {}

  private let first = TestVectors.bytes("keys/server_public_key.pem")
  private let second = TestVectors.bytes("keys/server2_public_key.pem")
  private let router = ManualRouter()

  private func cache() -> RouterKeyCache {
    RouterKeyCache(minimumBits: 4096) { [router] in try await router.fetch() }
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

  @Test func `a failed fetch is told to all who wait, and the next one tries again`() async throws {
    let cache = cache()
    let failing = Task { try await cache.current() }
    await router.answer(.failure(Unreachable()))
    await #expect(throws: Unreachable()) { _ = try await failing.value }
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
}
