import Testing

@testable import Pacing

/// When a breaker opens, how it probes and what closes it, as transcripts.
@Suite final class BreakerMachineTests {
  private var machine = BreakerMachine(BreakerPolicy())

  private func end(
    _ request: Int, _ outcome: ExchangeOutcome, at milliseconds: Int, isStrained: Bool = false,
    jitter: Double = 0
  ) {
    machine.ended(
      request, outcome, at: .milliseconds(milliseconds), isStrained: isStrained, jitter: jitter)
  }

  private func gate(_ milliseconds: Int) -> BreakerMachine.Gate {
    machine.timePassed(at: .milliseconds(milliseconds))
    return machine.gate(at: .milliseconds(milliseconds))
  }

  private func probe(_ request: Int, at milliseconds: Int, _ outcome: ExchangeOutcome) {
    #expect(gate(milliseconds) == .probe)
    machine.admitted(request, at: .milliseconds(milliseconds))
    end(request, outcome, at: milliseconds)
  }

  @Test func `it opens at the third failure in a row to reach the router`() {
    end(1, .unreachable, at: 0)
    end(2, .unreachable, at: 0)
    end(3, .answered, at: 0)
    end(4, .unreachable, at: 0)
    end(5, .unreachable, at: 0)
    #expect(gate(0) == .open)
    end(6, .unreachable, at: 0)
    #expect(machine.state == .open(.unreachable, until: .milliseconds(250)))
    #expect(gate(249) == .hold(until: .milliseconds(250)))
    #expect(gate(250) == .probe)
  }

  @Test func `failed probes double the pause up to half a second`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    var time = 250
    for (request, pause) in zip(10..., [500, 500, 500]) {
      probe(request, at: time, .unreachable)
      #expect(machine.state == .open(.unreachable, until: .milliseconds(time + pause)))
      time += pause
    }
    probe(20, at: time, .answered)
    #expect(machine.state == .closed)
    // Everything begins anew.
    end(21, .unreachable, at: time)
    end(22, .unreachable, at: time)
    #expect(gate(time) == .open)
  }

  @Test func `jitter shortens a pause by up to a quarter`() {
    for request in 1...3 { end(request, .unreachable, at: 0, jitter: 1) }
    #expect(machine.state == .open(.unreachable, until: .microseconds(187_500)))
  }

  @Test func `one probe at a time, and the next when it was given up`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    #expect(gate(250) == .probe)
    machine.admitted(4, at: .milliseconds(250))
    #expect(machine.state == .halfOpen(.unreachable))
    #expect(gate(300) == .hold(until: .milliseconds(1250)))
    end(4, .abandoned, at: 400)
    #expect(gate(400) == .probe)
  }

  @Test
  func `a probe that gets no connection is joined by another, and most of them try for two seconds only`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    var limits: [Duration?] = []
    for request in 4...11 {
      let time = 250 + (request - 4) * 1000
      #expect(gate(time - 1) != .probe || request == 4)
      #expect(gate(time) == .probe)
      machine.admitted(request, at: .milliseconds(time))
      limits.append(machine.connectLimit(of: request))
      #expect(machine.connectLimit(of: request - 1) == nil)
    }
    let quick: Duration? = .seconds(2)
    #expect(limits == [quick, quick, quick, nil, quick, quick, quick, nil])
    // What becomes of those that came before changes nothing.
    end(5, .unreachable, at: 7300)
    #expect(machine.state == .halfOpen(.unreachable))
    machine.sent(11, at: .milliseconds(7400))
    #expect(gate(7650) == .open)
  }

  @Test func `only a router that is not reached is tried for quickly`() {
    end(1, .unauthorized, at: 0)
    #expect(gate(5000) == .probe)
    machine.admitted(2, at: .milliseconds(5000))
    #expect(machine.connectLimit(of: 2) == nil)
  }

  @Test func `a connection that has held for a quarter of a second is one`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    machine.admitted(4, at: .milliseconds(300))
    machine.sent(4, at: .milliseconds(300))
    #expect(gate(549) == .hold(until: .milliseconds(550)))
    #expect(gate(550) == .open)
    #expect(machine.state == .closed)
  }

  @Test func `a probe that the router has had for two seconds has succeeded`() {
    end(1, .unauthorized, at: 0)
    machine.admitted(2, at: .milliseconds(5000))
    machine.sent(2, at: .milliseconds(5000))
    #expect(gate(6999) == .hold(until: .milliseconds(7000)))
    #expect(gate(7000) == .open)
  }

  @Test func `when the router is away for long, nobody waits for it`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    var time = 250
    var request = 10
    while time < 9700 {
      probe(request, at: time, .unreachable)
      request += 1
      guard case .open(_, let until) = machine.state else { return #expect(machine.state == .closed) }
      #expect(gate(time) == .hold(until: until))
      time = until.milliseconds
    }
    probe(request, at: 10_500, .unreachable)
    #expect(gate(10_700) == .refuse(.unreachable, retryAfter: .milliseconds(300)))
    #expect(gate(11_000) == .probe)
    machine.admitted(request + 1, at: .milliseconds(11_000))
    #expect(gate(11_000) == .refuse(.unreachable, retryAfter: .milliseconds(250)))
  }

  @Test func `those on their way when it opened neither close it nor lengthen the pause`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    let state = machine.state
    end(4, .unreachable, at: 10)
    end(5, .answered, at: 20)
    end(6, .unavailable(retryAfter: nil), at: 30)
    end(7, .abandoned, at: 30)
    #expect(machine.state == state)
    machine.admitted(8, at: .milliseconds(250))
    end(5, .answered, at: 300)
    end(4, .unreachable, at: 300)
    #expect(machine.state == .halfOpen(.unreachable))
  }

  @Test func `a graver cause takes the place of a lesser one, never the other way round`() {
    for request in 1...3 { end(request, .unreachable, at: 0) }
    end(4, .unauthorized, at: 100)
    #expect(machine.state == .open(.unauthorized, until: .milliseconds(5100)))
    end(5, .unavailable(retryAfter: .seconds(600)), at: 200)
    #expect(machine.state == .open(.coolDown, until: .milliseconds(600_200)))
    end(6, .unauthorized, at: 300)
    end(7, .unreachable, at: 300)
    #expect(machine.state == .open(.coolDown, until: .milliseconds(600_200)))
  }

  @Test func `an unknown key is remembered for five seconds`() {
    end(1, .unauthorized, at: 0)
    #expect(gate(0) == .refuse(.unauthorized, retryAfter: .seconds(5)))
    #expect(gate(4000) == .refuse(.unauthorized, retryAfter: .seconds(1)))
    probe(2, at: 5000, .unauthorized)
    #expect(machine.state == .open(.unauthorized, until: .seconds(10)))
    probe(3, at: 10_000, .rateLimited(retryAfter: nil))
    #expect(machine.state == .closed)
  }

  @Test func `a 503 with a long Retry-After stops everything until it ends`() {
    end(1, .unavailable(retryAfter: .milliseconds(30_001)), at: 0)
    #expect(gate(1) == .refuse(.coolDown, retryAfter: .milliseconds(30_000)))
    #expect(gate(30_001) == .probe)
  }

  @Test func `no cool-down is believed to be longer than half an hour`() {
    end(1, .unavailable(retryAfter: .seconds(1_000_000_000_000)), at: 0)
    #expect(machine.state == .open(.coolDown, until: .seconds(1800)))
  }

  @Test func `one 503 after a burst says nothing, and neither do two with an answer between them`() {
    for request in [1, 3, 5] {
      end(request, .unavailable(retryAfter: nil), at: 0, isStrained: true)
      end(request + 1, .answered, at: 0)
    }
    #expect(machine.state == .closed)
  }

  @Test
  func `a probe that was sent and given up is followed by as long a pause, one that was not by the next`() {
    end(1, .unavailable(retryAfter: .seconds(60)), at: 0)
    #expect(gate(60_000) == .probe)
    machine.admitted(2, at: .seconds(60))
    end(2, .abandoned, at: 60_100)
    #expect(gate(60_100) == .probe)
    machine.admitted(3, at: .milliseconds(60_100))
    machine.sent(3, at: .milliseconds(60_200))
    end(3, .abandoned, at: 60_300)
    #expect(machine.state == .open(.coolDown, until: .milliseconds(120_300)))
  }

  @Test func `two 503 in a row after a burst are presumed to be a cool-down, with rare probes`() {
    end(0, .unavailable(retryAfter: nil), at: 0, isStrained: true)
    end(1, .unavailable(retryAfter: nil), at: 0, isStrained: true)
    var time = 10_000
    #expect(gate(0) == .refuse(.coolDown, retryAfter: .seconds(10)))
    for (request, wait) in zip(2..., [20, 40, 80, 160, 300, 300, 300, 300]) {
      // The strain is long past: what was presumed stays so.
      probe(request, at: time, .unavailable(retryAfter: nil))
      time += wait * 1000
      #expect(machine.state == .open(.coolDown, until: .milliseconds(time)))
    }
    #expect(time < 1_800_000)
    // A lost network tells nothing about the cool-down.
    probe(20, at: time, .unreachable)
    #expect(machine.state == .open(.coolDown, until: .milliseconds(time + 500)))
    probe(21, at: time + 500, .answered)
    #expect(machine.state == .closed)
  }

  @Test func `a second 503 in a row opens it for a moment`() {
    end(1, .unavailable(retryAfter: nil), at: 0)
    #expect(machine.state == .closed)
    end(2, .unavailable(retryAfter: nil), at: 0)
    #expect(machine.state == .open(.unavailable, until: .milliseconds(250)))
    probe(3, at: 250, .unavailable(retryAfter: .seconds(7)))
    #expect(machine.state == .open(.unavailable, until: .milliseconds(7250)))
    var time = 7250
    for (request, pause) in zip(4..., [1000, 2000, 4000, 4000]) {
      probe(request, at: time, .unavailable(retryAfter: .zero))
      time += pause
      #expect(machine.state == .open(.unavailable, until: .milliseconds(time)))
    }
  }

  @Test(
    arguments: [
      (200, nil, false, .answered), (400, nil, false, .answered), (403, nil, false, .answered),
      (500, nil, false, .answered), (502, nil, true, .answered), (401, 9, false, .unauthorized),
      (429, 9, false, .rateLimited(retryAfter: .seconds(9))), (429, nil, true, .rateLimited(retryAfter: nil)),
      (503, nil, false, .unavailable(retryAfter: nil)), (503, 30, true, .abandoned),
      (503, nil, true, .abandoned),
      (503, 31, true, .unavailable(retryAfter: .seconds(31))),
    ] as [(Int, Int?, Bool, ExchangeOutcome)])
  func `what a status means for the next exchanges`(
    status: Int, retryAfter: Int?, isMaximumTier: Bool, expected: ExchangeOutcome
  ) {
    let outcome = ExchangeOutcome(
      status: status, retryAfter: retryAfter.map { .seconds($0) }, isMaximumTier: isMaximumTier)
    #expect(outcome == expected)
  }
}
