import Glibc

/// A fixed number of threads for work that computes or blocks for milliseconds or longer.
///
/// RSA private operations and key generation run here: neither an event loop nor Swift's cooperative pool
/// may wait for them. Jobs start in the order in which they were given.
public final class WorkerThreads: Sendable {
  /// What the kernel gives the threads when others want the processors too.
  public enum Priority: Sendable {
    /// As much as any other thread.
    case normal
    /// Almost nothing (SCHED_IDLE); on a busy machine a job may take minutes, so nobody should wait for it.
    case idle
  }

  private let queue = JobQueue()
  /// How many threads there are.
  public let count: Int

  /// Starts the threads.
  ///
  /// They end after the last reference to this object is gone and the queue is empty.
  ///
  /// - Parameters:
  ///   - count: How many threads.
  ///   - name: What the kernel calls them, at most 15 bytes.
  ///   - priority: A wish: where the system refuses it, the threads are normal ones.
  public init(count: Int, name: String, priority: Priority = .normal) {
    self.count = count
    for thread in 0..<count {
      startThread { [queue] in
        CurrentThread.setName(name)
        if priority == .idle { CurrentThread.yieldToAllOthers() }
        while let job = queue.next(for: thread) { job() }
      }
    }
  }

  deinit { queue.close() }

  /// Runs `job` on one of the threads when its turn comes.
  public func submit(_ job: @escaping @Sendable () -> Void) { queue.append(job) }

  /// Returns when each of the threads has nothing to do or has ended the job that it is in now.
  ///
  /// That is at once, or after one job, however long the queue is. A thread that is stuck keeps the caller waiting.
  public func respond() async {
    await withCheckedContinuation { queue.whenAllCameRound($0) }
  }

  /// Runs `work` on one of the threads and waits for it without holding a thread of the caller's.
  ///
  /// A task that was cancelled before its turn comes does not run `work`.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> sending Result
  ) async throws -> Result {
    let cancelled = Locked(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.append {
          if cancelled.withLock({ $0 }) {
            continuation.resume(throwing: CancellationError())
          } else {
            continuation.resume(with: Swift.Result { try work() })
          }
        }
      }
    } onCancel: {
      cancelled.withLock { $0 = true }
    }
  }
}

/// Jobs in order of arrival, handed to whichever thread asks first.
private final class JobQueue: @unchecked Sendable {
  // @unchecked: all that changes is reached only with `mutex` held.
  typealias Job = @Sendable () -> Void

  /// Somebody who waits for the threads that are in a job.
  private struct Visitor {
    var busy: Set<Int>
    let continuation: CheckedContinuation<Void, Never>
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [Job] = []
  private var head = 0
  private var isClosed = false
  private var busy: Set<Int> = []
  private var visitors: [Visitor] = []

  init() {
    mutex.initialize(to: pthread_mutex_t())
    arrival.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(arrival, nil)
  }

  deinit {
    pthread_cond_destroy(arrival)
    pthread_mutex_destroy(mutex)
    arrival.deallocate()
    mutex.deallocate()
  }

  func append(_ job: @escaping Job) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(arrival)
    pthread_mutex_unlock(mutex)
  }

  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(arrival)
    pthread_mutex_unlock(mutex)
  }

  func whenAllCameRound(_ continuation: CheckedContinuation<Void, Never>) {
    pthread_mutex_lock(mutex)
    let isWaiting = !busy.isEmpty
    if isWaiting { visitors.append(Visitor(busy: busy, continuation: continuation)) }
    pthread_mutex_unlock(mutex)
    if !isWaiting { continuation.resume() }
  }

  /// Waits for a job; nil once the queue is closed and empty.
  func next(for thread: Int) -> Job? {
    pthread_mutex_lock(mutex)
    let served = cameRound(thread)
    if !served.isEmpty {
      pthread_mutex_unlock(mutex)
      for continuation in served { continuation.resume() }
      pthread_mutex_lock(mutex)
    }
    defer { pthread_mutex_unlock(mutex) }
    while head == jobs.count {
      if isClosed { return nil }
      pthread_cond_wait(arrival, mutex)
    }
    let job = jobs[head]
    jobs[head] = {}
    head += 1
    // Give the space back once half of it is spent, so that appending stays cheap and memory bounded.
    if head == jobs.count || head > 64 && head * 2 > jobs.count {
      jobs.removeFirst(head)
      head = 0
    }
    busy.insert(thread)
    return job
  }

  /// The thread is in no job any more.
  ///
  /// - Returns: Those who waited for nobody else.
  private func cameRound(_ thread: Int) -> [CheckedContinuation<Void, Never>] {
    busy.remove(thread)
    guard !visitors.isEmpty else { return [] }
    for index in visitors.indices { visitors[index].busy.remove(thread) }
    let served = visitors.filter { $0.busy.isEmpty }.map(\.continuation)
    visitors.removeAll { $0.busy.isEmpty }
    return served
  }
}

/// Starts a detached thread with a stack that suits jobs without deep recursion.
private func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 512 * 1024)
  var thread = pthread_t()
  let context = Unmanaged.passRetained(Start(body)).toOpaque()
  let failure = pthread_create(
    &thread, &attributes,
    { context in
      guard let context else { return nil }
      Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
      return nil
    }, context)
  pthread_attr_destroy(&attributes)
  precondition(failure == 0, "the system refused a thread at start (pthread_create(3): \(failure))")
}
