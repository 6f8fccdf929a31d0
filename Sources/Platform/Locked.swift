import Glibc

/// A value that only one thread at a time can touch.
///
/// Built on a pthread mutex and not on `Synchronization.Mutex`, because ThreadSanitizer cannot see that one's
/// futex on Linux and reports races that are none.
public final class Locked<State>: @unchecked Sendable {
  // @unchecked: `state` is reached only between lock and unlock of `mutex`, whose storage never moves.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var state: State

  /// Puts a value under a new lock.
  public init(_ state: sending State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let failure = pthread_mutex_init(mutex, nil)
    precondition(failure == 0, "a default mutex cannot fail to initialise (pthread_mutex_init(3))")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deinitialize(count: 1)
    mutex.deallocate()
  }

  /// Runs `body` with the value while no one else can see it.
  ///
  /// Never suspend or call out inside.
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }
}
