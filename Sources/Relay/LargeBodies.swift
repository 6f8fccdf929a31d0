import Dialects
import Pacing
import Platform
import Synchronization

/// Reads large bodies one after the other on a thread of their own.
///
/// Swift's cooperative pool has as many threads as there are processors. A few bodies that take long to read, by their size
/// or because somebody made them so, must not keep everybody else from being answered. Callers take turns, so that nobody
/// waits for more than one body of each other caller.
final class LargeBodies: Sendable {
  /// What is smaller is read where it arrives: it takes a few milliseconds at most.
  static let byteCount = 256 * 1024

  private typealias Job = @Sendable () -> Void

  private let thread = WorkerThreads(count: 1, name: "nomyo-reading")
  private let jobs = Locked(RoundRobin<CallerID, Job>())

  /// How many bodies wait for their turn.
  var waiting: Int { jobs.withLock { $0.count } }

  /// Runs `work` on a body of about so many bytes, unless the task is cancelled before its turn comes.
  func read<Value: Sendable>(
    _ byteCount: Int, of caller: CallerID, _ work: @escaping @Sendable () throws(APIFault) -> Value
  ) async throws(APIFault) -> Value {
    guard byteCount >= Self.byteCount else { return try work() }
    let isCancelled = Atomic(false)
    let result: Result<Value, APIFault> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        jobs.withLock { jobs in
          jobs.append(of: caller) {
            guard !isCancelled.load(ordering: .relaxed) else {
              return continuation.resume(returning: .failure(.shuttingDown))
            }
            continuation.resume(returning: Result(catching: work))
          }
        }
        thread.submit { [jobs] in jobs.withLock { $0.next() }?() }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .relaxed)
    }
    return try result.get()
  }
}
