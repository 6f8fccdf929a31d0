/// Something that becomes known at some time, and that a test waits for instead of sleeping.
///
/// A test that runs out of time is cancelled, and stops waiting.
final class Fact: Sendable {
  private let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))

  /// Makes it known.
  func tell() { continuation.yield() }

  /// Returns as soon as it is known, to one caller.
  func heard() async throws {
    for await _ in stream { return }
    throw CancellationError()
  }
}
