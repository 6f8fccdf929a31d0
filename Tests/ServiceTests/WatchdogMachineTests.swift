import Service
import Testing

@Suite struct WatchdogMachineTests {
  private var machine = WatchdogMachine(interval: .seconds(30), parts: ["loop", "curl", "keys"])

  private mutating func time(_ seconds: Double) -> WatchdogMachine.Action? {
    machine.timePassed(at: .seconds(seconds))
  }

  private mutating func answer(_ part: String, _ seconds: Double) -> WatchdogMachine.Action? {
    machine.answered(part, at: .seconds(seconds))
  }

  @Test mutating func `it is fed at half the interval while everything answers`() {
    #expect(machine.wait(at: .zero) == .zero)
    #expect(time(0) == .feedAndAsk)
    for round in 0..<20 {
      let start = Double(round) * 15
      for part in ["curl", "loop", "keys"] { #expect(answer(part, start + 1) == nil) }
      #expect(time(start + 14.9) == nil)
      #expect(machine.wait(at: .seconds(start + 5)) == .seconds(10))
      #expect(time(start + 15) == .feedAndAsk)
    }
  }

  @Test(arguments: ["loop", "curl", "keys"])
  func `one part that is stuck is enough to starve it, and is named once`(stuck: String) {
    var machine = machine
    _ = machine.timePassed(at: .zero)
    for part in ["loop", "curl", "keys"] where part != stuck { _ = machine.answered(part, at: .seconds(1)) }
    #expect(machine.timePassed(at: .seconds(15)) == .complain([stuck]))
    for second in 16..<600 { #expect(machine.timePassed(at: .seconds(second)) == nil) }
  }

  @Test mutating func `a part that was only late is fed for the moment it answers`() {
    _ = time(0)
    _ = answer("loop", 1)
    _ = answer("curl", 1)
    #expect(time(15) == .complain(["keys"]))
    #expect(answer("keys", 22) == .feedAndAsk)
    // The next half of the interval begins there, with new questions.
    #expect(machine.wait(at: .seconds(22)) == .seconds(15))
    #expect(time(37) == .complain(["loop", "curl", "keys"]))
  }

  @Test mutating func `an answer to an old question that comes twice feeds nothing before its time`() {
    _ = time(0)
    for part in ["loop", "curl", "keys", "keys", "loop"] { #expect(answer(part, 2) == nil) }
    #expect(time(15) == .feedAndAsk)
  }

  @Test mutating func `without parts it is fed all the same`() {
    machine = WatchdogMachine(interval: .seconds(2), parts: [])
    #expect(time(0) == .feedAndAsk)
    #expect(time(0.5) == nil)
    #expect(time(1) == .feedAndAsk)
  }
}
