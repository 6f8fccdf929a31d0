public import HTTPTypes
import Synchronization

/// The caller went away, or the connection was cut, before the answer was through.
public struct CallerGone: Error, Equatable {
  /// The one value there is.
  public init() {}
}

/// Where an answer's parts go: a connection, or the record of a test.
///
/// Every function returns when the part has been taken, and `false` if it never will be.
public protocol ReplySink: Sendable {
  /// Sends a whole answer.
  func send(_ answer: OutboundAnswer) async -> Bool
  /// Sends the head of an answer whose length is not known.
  func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async -> Bool
  /// Sends a part of the body.
  func write(_ bytes: [UInt8]) async -> Bool
  /// Ends the body.
  func finish() async -> Bool
  /// All of the answer is there; so many bytes are kept until it is written.
  func keeps(_ bytes: Int) async
  /// Cuts the connection.
  func abort() async
}

extension ReplySink {
  /// Nothing: most sinks have room for everything.
  public func keeps(_ bytes: Int) async {}
}

/// One answer on its way to one caller.
///
/// For one writer: calls come one after the other, ``send(_:)`` alone or ``begin(_:_:)``, any number of
/// ``write(_:)`` and ``finish()``. Each waits until the socket has taken the bytes, so a slow reader slows its
/// writer down and fills no memory. A call out of order cuts the connection and throws.
public final class Reply: Sendable {
  private enum Stage: Int { case untouched, begun, complete }

  private let sink: any ReplySink
  private let stage = Atomic<Int>(Stage.untouched.rawValue)

  /// A reply whose parts go to `sink`.
  public init(to sink: any ReplySink) {
    self.sink = sink
  }

  /// Whether a status has been committed: an error can no longer become another status.
  public var hasBegun: Bool { stage.load(ordering: .acquiring) != Stage.untouched.rawValue }

  /// Whether the answer was sent to its end.
  public var isComplete: Bool { stage.load(ordering: .acquiring) == Stage.complete.rawValue }

  /// Sends a whole answer, with `content-length`.
  public func send(_ answer: OutboundAnswer) async throws(CallerGone) {
    try await advance(from: .untouched, to: .begun)
    guard await sink.send(answer) else { throw CallerGone() }
    stage.store(Stage.complete.rawValue, ordering: .releasing)
  }

  /// Sends the head of an answer whose length is not known; the body is chunked, or ends with the connection if
  /// the caller speaks HTTP/1.0.
  public func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async throws(CallerGone) {
    try await advance(from: .untouched, to: .begun)
    guard await sink.begin(status, fields) else { throw CallerGone() }
  }

  /// Sends a part of the body, flushed at once and never interleaved with another.
  public func write(_ bytes: [UInt8]) async throws(CallerGone) {
    try await advance(from: .begun, to: .begun)
    guard await sink.write(bytes) else { throw CallerGone() }
  }

  /// Ends the body.
  public func finish() async throws(CallerGone) {
    try await advance(from: .begun, to: .begun)
    guard await sink.finish() else { throw CallerGone() }
    stage.store(Stage.complete.rawValue, ordering: .releasing)
  }

  /// Says that all of the answer is there and that so many bytes are kept until its parts are written.
  ///
  /// From then on the caller is the one who is waited for: if others need the memory, a slow one is cut off.
  public func keeps(_ bytes: Int) async {
    await sink.keeps(bytes)
  }

  /// Cuts the connection, so that the caller sees that the answer is not whole.
  public func abort() async {
    await sink.abort()
  }

  private func advance(from expected: Stage, to next: Stage) async throws(CallerGone) {
    let (isInOrder, _) = stage.compareExchange(
      expected: expected.rawValue, desired: next.rawValue, ordering: .acquiringAndReleasing)
    guard isInOrder else {
      await sink.abort()
      throw CallerGone()
    }
  }
}
