import Testing

@testable import Listener

@Suite(.timeLimit(.minutes(1))) struct LatchTests {
  @Test func `everybody who waits goes on when it opens, and nobody waits afterwards`() async {
    let latch = Latch()
    #expect(!latch.isOpen)
    await withTaskGroup { group in
      for _ in 0..<100 { group.addTask { await latch.wait() } }
      group.addTask { latch.open() }
    }
    #expect(latch.isOpen)
    await latch.wait()
    #expect(await latch.wait(atMost: .zero))
  }

  @Test func `a task that is cancelled does not wait`() async {
    let latch = Latch()
    let tasks = (0..<100).map { _ in Task { await latch.wait() } }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    #expect(!latch.isOpen)
  }

  @Test func `a wait has its end`() async {
    #expect(await Latch().wait(atMost: .milliseconds(1)) == false)
  }
}
