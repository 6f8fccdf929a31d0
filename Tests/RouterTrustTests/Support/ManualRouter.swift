import Platform
import RouterTrust
import Sealing
import TestVectors

/// A router whose answers the test gives one by one.
final class ManualRouter: Sendable {
  typealias Pending = CheckedContinuation<FetchedKeyDocument, any Error>

  private let asked = AsyncStream<Pending>.makeStream()
  let fetches = Locked(0)

  func fetch() async throws -> FetchedKeyDocument {
    fetches.withLock { $0 += 1 }
    return try await withCheckedThrowingContinuation { asked.continuation.yield($0) }
  }

  /// Waits until the router is asked, and answers.
  func answer(_ result: Result<[UInt8], any Error>) async {
    var questions = asked.stream.makeAsyncIterator()
    await questions.next()?.resume(with: result.map { FetchedKeyDocument(bytes: $0) })
  }
}

/// A router that always answers at once, with what the test last gave it.
final class PlainRouter: Sendable {
  let answer: Locked<Result<FetchedKeyDocument, any Error>>
  let fetches = Locked(0)

  init(_ key: TestKey) { answer = Locked(.success(FetchedKeyDocument(bytes: key.document))) }

  func show(_ key: TestKey, certificate: KeyFingerprint? = nil) {
    let document = FetchedKeyDocument(bytes: key.document, certificate: certificate)
    answer.withLock { $0 = .success(document) }
  }

  func fail() { answer.withLock { $0 = .failure(Unreachable()) } }

  func fetch() throws -> FetchedKeyDocument {
    fetches.withLock { $0 += 1 }
    return try answer.withLock { $0 }.get()
  }

  var asked: Int { fetches.withLock { $0 } }
}

struct Unreachable: Error, Equatable {}

/// Keys of the test vectors.
enum TestKey: String, CaseIterable {
  case first = "server"
  case second = "server2"
  case third = "stranger"

  var document: [UInt8] { TestVectors.bytes("keys/\(rawValue)_public_key.pem") }

  var fingerprint: KeyFingerprint {
    guard let pin = TestVectors.index.keys[rawValue]?.spki_sha256_b64,
      let fingerprint = KeyFingerprint("sha256/" + pin)
    else { preconditionFailure("no fingerprint of \(rawValue) in the index") }
    return fingerprint
  }
}

/// A clock that stands still unless the test moves it, or someone sleeps by it.
final class TestClock: Sendable {
  private let state = Locked((now: ContinuousClock.now, slept: [Duration]()))

  var now: ContinuousClock.Instant { state.withLock { $0.now } }
  var slept: [Duration] { state.withLock { $0.slept } }

  func advance(by duration: Duration) { state.withLock { $0.now += duration } }

  var look: LookClock {
    LookClock(
      now: { self.now },
      sleep: { duration in
        self.state.withLock {
          $0.now += duration
          $0.slept.append(duration)
        }
      })
  }
}
