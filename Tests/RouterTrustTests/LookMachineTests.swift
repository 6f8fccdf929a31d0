import Testing

@testable import RouterTrust

@Suite struct LookMachineTests {
  private let start = ContinuousClock.now

  @Test func `looks do not overlap`() {
    var machine = LookMachine()
    #expect(machine.asked(.wanted, at: start) == .begin(after: .zero))
    #expect(machine.asked(.wanted, at: start) == .join)
    #expect(machine.number == 1)
    machine.began()
    #expect(machine.asked(.forced, at: start) == .join)
    #expect(machine.asked(.rejected, at: start) == .join)
    #expect(machine.number == 1)
    machine.ended(.trusted, at: start)
    #expect(machine.number == 2)
    #expect(machine.asked(.wanted, at: start) == .begin(after: .zero))
  }

  @Test func `after each failure the wait is twice as long, up to half a minute, and a success ends it`() {
    var machine = LookMachine()
    var now = start
    for wait in [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30] {
      #expect(machine.asked(.wanted, at: now) == .begin(after: .zero))
      machine.began()
      machine.ended(.failed, at: now)
      now += .seconds(wait) - .milliseconds(1)
      #expect(machine.asked(.wanted, at: now) == .remember)
      now += .milliseconds(1)
    }
    #expect(machine.asked(.wanted, at: now) == .begin(after: .zero))
    machine.began()
    machine.ended(.trusted, at: now)
    #expect(machine.asked(.wanted, at: now) == .begin(after: .zero))
    machine.began()
    machine.ended(.failed, at: now)
    #expect(machine.asked(.wanted, at: now + LookMachine.firstBackoff) == .begin(after: .zero))
  }

  @Test func `while the router is not reached no wait is longer than half a second`() {
    var machine = LookMachine()
    var now = start
    for wait in [0.25, 0.5, 0.5, 0.5] {
      #expect(machine.asked(.wanted, at: now) == .begin(after: .zero))
      machine.began()
      machine.ended(.unreached, at: now)
      now += .seconds(wait) - .milliseconds(1)
      #expect(machine.asked(.wanted, at: now) == .remember)
      now += .milliseconds(1)
    }
    #expect(machine.asked(.wanted, at: now) == .begin(after: .zero))
  }

  @Test func `a thousand failures do not overflow the wait`() {
    var machine = LookMachine()
    for _ in 0..<1000 {
      #expect(machine.asked(.forced, at: start) == .begin(after: .zero))
      machine.began()
      machine.ended(.failed, at: start)
    }
    #expect(machine.asked(.wanted, at: start + .seconds(29)) == .remember)
    #expect(machine.asked(.wanted, at: start + .seconds(30)) == .begin(after: .zero))
  }

  @Test func `a person does not wait`() {
    var machine = LookMachine()
    #expect(machine.asked(.forced, at: start) == .begin(after: .zero))
    machine.began()
    machine.ended(.failed, at: start)
    #expect(machine.asked(.wanted, at: start) == .remember)
    #expect(machine.asked(.forced, at: start) == .begin(after: .zero))
  }

  @Test func `a rejection waits a short back-off out, and is told the failure in a long one`() {
    var machine = LookMachine()
    for _ in 0..<2 {
      #expect(machine.asked(.forced, at: start) == .begin(after: .zero))
      machine.began()
      machine.ended(.failed, at: start)
    }
    #expect(machine.asked(.rejected, at: start + .milliseconds(100)) == .begin(after: .milliseconds(400)))
    machine.began()
    for _ in 0..<4 {
      machine.ended(.failed, at: start)
      #expect(machine.asked(.forced, at: start) == .begin(after: .zero))
      machine.began()
    }
    machine.ended(.failed, at: start)
    #expect(machine.asked(.rejected, at: start) == .remember)
  }

  @Test func `four looks for rejections come at once, then one in a second, and rest gives them back`() {
    var machine = LookMachine()
    var waits: [Duration] = []
    var now = start
    func reject() {
      guard case .begin(let wait) = machine.asked(.rejected, at: now) else { return }
      waits.append(wait)
      now += wait
      machine.began()
      machine.ended(.trusted, at: now)
    }
    for _ in 0..<6 { reject() }
    #expect(waits == [.zero, .zero, .zero, .zero, .seconds(1), .seconds(1)])
    now += .seconds(10)
    waits = []
    for _ in 0..<5 { reject() }
    #expect(waits == [.zero, .zero, .zero, .zero, .seconds(1)])
  }
}
