import Glibc
import Platform
import Testing

@Suite struct ThreadPriorityTests {
  @Test func `an idle thread yields, and only it does`() async throws {
    let idle = WorkerThreads(count: 2, name: "test-idle", priority: .idle)
    let normal = WorkerThreads(count: 1, name: "test-normal")
    #expect(try await idle.run { CurrentThread.yieldsToAllOthers })
    #expect(try await !normal.run { CurrentThread.yieldsToAllOthers })
    #expect(sched_getscheduler(getpid()) == SCHED_OTHER)
  }

  @Test func `asking twice is harmless`() async throws {
    let threads = WorkerThreads(count: 1, name: "test-idle", priority: .idle)
    #expect(try await threads.run { CurrentThread.yieldToAllOthers() })
  }

  @Test func `jobs that nobody waits for run in the order in which they were given`() async throws {
    let threads = WorkerThreads(count: 1, name: "test")
    let order = Locked<[Int]>([])
    for number in 0..<100 { threads.submit { order.withLock { $0.append(number) } } }
    #expect(try await threads.run { order.withLock { $0 } } == Array(0..<100))
  }
}
