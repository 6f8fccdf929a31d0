import Dialects
import Platform

/// Reads large bodies one after the other on a thread of their own.
///
/// Swift's cooperative pool has as many threads as there are processors. A few bodies that take long to read, by their size
/// or because somebody made them so, must not keep everybody else from being answered.
final class LargeBodies: Sendable {
  /// What is smaller is read where it arrives: it takes a few milliseconds at most.
  static let byteCount = 256 * 1024

  private let thread = WorkerThreads(count: 1, name: "nomyo-reading")

  /// Runs `work` on a body of about so many bytes.
  func read<Value: Sendable>(
    _ byteCount: Int, _ work: @escaping @Sendable () throws(APIFault) -> Value
  ) async throws(APIFault) -> Value {
    guard byteCount >= Self.byteCount else { return try work() }
    let result: Result<Value, APIFault>
    do {
      result = try await thread.run {
        do throws(APIFault) { return .success(try work()) } catch { return .failure(error) }
      }
    } catch { throw .shuttingDown }
    return try result.get()
  }
}
