import Dialects
import Foundation
import Pacing
import Platform
import Testing

@testable import Relay

@Suite(.timeLimit(.minutes(1))) struct LargeBodiesTests {
  @Test func `owners take turns, and each one's things come in their order`() {
    var line = RoundRobin<String, Int>()
    for number in 1...3 { line.append(of: "a", number) }
    line.append(of: "b", 10)
    line.append(of: "c", 20)
    #expect(line.next() == 1)
    line.append(of: "b", 11)
    var rest: [Int] = []
    while let next = line.next() { rest.append(next) }
    #expect(rest == [10, 20, 2, 11, 3])
  }

  @Test func `whoever sends many large bodies holds up nobody else for more than one`() async throws {
    let (bodies, order) = (LargeBodies(), Locked<[String]>([]))
    let (gate, hasBegun) = (DispatchSemaphore(value: 0), Locked(false))
    @Sendable func read(_ name: String, of caller: String) async {
      try? await bodies.read(LargeBodies.byteCount, of: .token(caller)) {
        if name == "first" {
          hasBegun.withLock { $0 = true }
          gate.wait()
        }
        order.withLock { $0.append(name) }
      }
    }
    await withTaskGroup { group in
      group.addTask { await read("first", of: "alice") }
      while !hasBegun.withLock({ $0 }) { await Task.yield() }
      for number in 1...5 { group.addTask { await read("alice \(number)", of: "alice") } }
      while bodies.waiting < 5 { await Task.yield() }
      group.addTask { await read("bob", of: "bob") }
      while bodies.waiting < 6 { await Task.yield() }
      gate.signal()
    }
    let done = order.withLock { $0 }
    #expect(done.count == 7 && done.prefix(3).contains("bob"))
  }
}
