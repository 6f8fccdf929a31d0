import CCurl
import Glibc
import Platform
import Synchronization

/// The one thread that touches a libcurl multi handle, as the executor of an actor.
///
/// It runs what it is given to do, then one turn of libcurl, then sleeps in `curl_multi_poll` until a socket,
/// a timer of libcurl's or a new job wakes it. It ends when it has been told to close and nobody is inside:
/// every call of the actor begins with `enter` or `close` and ends with `leave`, so no job can come too late.
final class CurlThread: SerialExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var calls: [@Sendable () -> Void] = []
    var visitors = 0
    var isClosing = false
    var isAsleep = false
    var isOver = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var thread: pthread_t?
  }

  private enum Next {
    case turn
    case sleep
    case end
  }

  /// The multi handle.
  // nonisolated(unsafe): a pointer cannot say who may use it. Only the thread itself does, except for
  // `curl_multi_wakeup`, which any thread may call (curl_multi_wakeup(3)), and which happens under the lock and
  // only while the thread is asleep, so that it never meets the clean-up.
  nonisolated(unsafe) let multi: UnsafeMutableRawPointer

  /// What libcurl's connections are, for whoever must break them.
  let sockets = OpenSockets()

  private let state = Locked(State())
  private let identity = Atomic<pthread_t>(0)
  private let moves = Atomic<Int>(0)
  private let processorClock = Atomic<clockid_t>(CLOCK_PROCESS_CPUTIME_ID)

  /// A thread that does not run yet.
  init() throws(CurlFault) {
    guard let multi = curl_multi_init() else { throw CurlFault(code: CURLE_OUT_OF_MEMORY) }
    self.multi = multi
  }

  deinit {
    if !state.withLock({ $0.isOver }) { curl_multi_cleanup(multi) }  // It never ran.
  }

  /// Starts the thread, on which `turn` is called over and over.
  func start(turn: @escaping @Sendable () -> Void) throws(CurlFault) {
    let body = Unmanaged.passRetained(ThreadBody { [self] in work(turn) })
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { raw in
        if let raw { Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    guard failure == 0 else {
      body.release()
      throw CurlFault(code: CURLE_FAILED_INIT)
    }
    state.withLock { $0.thread = thread }
  }

  // MARK: Coming and going

  /// Asks to use the actor once.
  /// - Returns: whether the caller was let in, and then has to `leave`.
  func enter() -> Bool {
    state.withLock { state in
      if state.isClosing { return false }
      state.visitors += 1
      return true
    }
  }

  /// Ends a visit that `enter` or `close` began.
  func leave() {
    state.withLock { state in
      state.visitors -= 1
      if state.isClosing && state.visitors == 0 { wake(&state) }
    }
  }

  /// Lets nobody else in.
  /// - Returns: whether this is the first call, which then is a visit itself and has to `leave`.
  func close() -> Bool {
    state.withLock { state in
      if state.isClosing { return false }
      state.isClosing = true
      state.visitors += 1
      return true
    }
  }

  /// Returns when the last turn is over.
  func ended() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isOver { state.waiting.append(continuation) }
        return state.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  /// Waits, blocking, for a thread that has been closed and has nobody inside; only the first call does.
  func join() {
    let thread = state.withLock { state in
      defer { state.thread = nil }
      return state.thread
    }
    guard let thread else { return }
    pthread_join(thread, nil)
  }

  /// Has `call` run on the thread soon, without a visit; not at all if the thread ends before.
  func run(_ call: @escaping @Sendable () -> Void) {
    state.withLock { state in
      guard !state.isOver else { return }
      state.calls.append(call)
      wake(&state)
    }
  }

  // MARK: Whether it gets on

  /// Notes that libcurl got on with something.
  func moved() {
    moves.add(1, ordering: .relaxed)
  }

  /// How far the thread has come.
  var progress: CurlProgress {
    var time = timespec()
    clock_gettime(processorClock.load(ordering: .relaxed), &time)
    return CurlProgress(
      moves: moves.load(ordering: .relaxed),
      spent: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
  }

  // MARK: SerialExecutor

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { state in
      state.jobs.append(job)
      wake(&state)
    }
  }

  func isIsolatingCurrentContext() -> Bool? {
    identity.load(ordering: .relaxed) == pthread_self()
  }

  func checkIsolated() {
    precondition(isIsolatingCurrentContext() == true, "libcurl is only used on its own thread")
  }

  // MARK: The loop

  private func work(_ turn: () -> Void) {
    identity.store(pthread_self(), ordering: .relaxed)
    var clock = clockid_t()
    if pthread_getcpuclockid(pthread_self(), &clock) == 0 { processorClock.store(clock, ordering: .relaxed) }
    CurrentThread.setName("curl")
    keepSignalsAway()
    loop: while true {
      runJobs()
      moved()
      turn()
      switch next() {
      case .turn: continue
      case .sleep:
        // libcurl shortens this to its next timer; without transfers nothing is due.
        curl_multi_poll(multi, nil, 0, Int32.max, nil)
        state.withLock { $0.isAsleep = false }
      case .end: break loop
      }
    }
    curl_multi_cleanup(multi)  // Closes the idle connections.
    for continuation in end() { continuation.resume() }
  }

  private func runJobs() {
    let (jobs, calls) = state.withLock { state in
      defer { (state.jobs, state.calls) = ([], []) }
      return (state.jobs, state.calls)
    }
    for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    for call in calls { call() }
  }

  private func end() -> [CheckedContinuation<Void, Never>] {
    state.withLock { state in
      state.isOver = true
      defer { (state.waiting, state.calls) = ([], []) }
      return state.waiting
    }
  }

  private func next() -> Next {
    state.withLock { state in
      if !state.jobs.isEmpty || !state.calls.isEmpty { return .turn }
      if state.isClosing && state.visitors == 0 { return .end }
      state.isAsleep = true
      return .sleep
    }
  }

  private func wake(_ state: inout State) {
    guard state.isAsleep else { return }
    state.isAsleep = false
    curl_multi_wakeup(multi)
  }

  /// With CURLOPT_NOSIGNAL it is ours to see to it that a peer's close cannot kill the process by SIGPIPE.
  private func keepSignalsAway() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}

/// What a new thread is to do, as an object that a C pointer can carry.
private final class ThreadBody {
  let run: () -> Void
  init(run: @escaping () -> Void) { self.run = run }
}
