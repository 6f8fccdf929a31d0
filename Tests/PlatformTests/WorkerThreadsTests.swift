import Glibc
import Platform
import Testing

@Suite struct WorkerThreadsTests {
  private struct Refused: Error, Equatable {}

  @Test func `results and errors come back to the one who asked`() async throws {
    let threads = WorkerThreads(count: 3, name: "test")
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for number in 0..<500 {
        group.addTask { (number, try await threads.run { number * number }) }
      }
      for try await (number, square) in group { #expect(square == number * number) }
    }
    await #expect(throws: Refused()) { try await threads.run { throw Refused() } }
  }

  @Test func `no more jobs run at once than there are threads`() async throws {
    let threads = WorkerThreads(count: 2, name: "test")
    let running = Locked((now: 0, most: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<200 {
        group.addTask {
          try await threads.run {
            running.withLock {
              $0.now += 1
              $0.most = max($0.most, $0.now)
            }
            running.withLock { $0.now -= 1 }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(running.withLock { $0.most } <= 2)
  }

  @Test func `a task that was cancelled before its turn does not run its job`() async throws {
    let threads = WorkerThreads(count: 1, name: "test")
    let isHeld = Locked(true)
    let hasRun = Locked(false)
    let hasStarted = Locked(false)
    let first = Task {
      try await threads.run {
        hasStarted.withLock { $0 = true }
        while isHeld.withLock({ $0 }) { usleep(500) }
      }
    }
    while !hasStarted.withLock({ $0 }) { await Task.yield() }
    let second = Task { try await threads.run { hasRun.withLock { $0 = true } } }
    second.cancel()
    isHeld.withLock { $0 = false }
    try await first.value
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(!hasRun.withLock { $0 })
  }

  @Test(.timeLimit(.minutes(5))) func `threads that come round answer at once, however long the queue is`()
    async
  {
    let threads = WorkerThreads(count: 2, name: "test")
    await threads.respond()
    let isOver = Locked(false)
    // The queue never gets empty: an answer that waits for that never comes.
    @Sendable func again() {
      guard !isOver.withLock({ $0 }) else { return }
      usleep(100)
      threads.submit(again)
    }
    for _ in 0..<100 { threads.submit(again) }
    for _ in 0..<5 { await threads.respond() }
    isOver.withLock { $0 = true }
  }

  @Test func `one of several threads that is stuck keeps the answer back, and only as long`() async {
    let threads = WorkerThreads(count: 2, name: "test")
    let isHeld = Locked(true)
    let hasStarted = Locked(false)
    threads.submit {
      hasStarted.withLock { $0 = true }
      while isHeld.withLock({ $0 }) { usleep(100) }
    }
    while !hasStarted.withLock({ $0 }) { await Task.yield() }
    let answered = Locked(false)
    let asking = Task {
      await threads.respond()
      answered.withLock { $0 = true }
    }
    // The other thread works all the while.
    for _ in 0..<200 { try? await threads.run {} }
    #expect(!answered.withLock { $0 })
    isHeld.withLock { $0 = false }
    await asking.value
    #expect(answered.withLock { $0 })
  }
}
