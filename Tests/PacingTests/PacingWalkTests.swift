import Testing

@testable import Pacing

/// Random walks of the pacing machine against a plain model of callers, network and router.
@Suite struct PacingWalkTests {
  private static let limits = [(2, 4), (2, 4), (2, 4), (2, 2), (1, 3), (3, 6), (5, 8)]

  @Test(arguments: 0..<70)
  func `whatever happens in whatever order, the rules hold`(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let (perSecond, burst) = Self.limits[seed % Self.limits.count]
    let policy = PacingPolicy(
      perSecond: perSecond, burst: burst, margin: .zero, queue: [3, 8, 24, 64][seed / 7 % 4],
      maxWait: .seconds([4, 15, 120][seed % 3]))
    var world = World(policy: policy, isPeaceful: seed % 2 == 0)
    for _ in 0..<3000 { world.step(&random) }
    world.finish()
    #expect(RouterCount(perSecond: perSecond, burst: burst).faults(in: world.sends) == [])
    #expect(world.answered == world.arrivals)
    #expect(world.sends.count > 60)
    #expect(world.sends.count < world.arrivals)
  }
}

/// Moments are milliseconds.
private struct World {
  private enum Outcome { case admitted, refused, left }

  private struct Waiting {
    let request: Int
    let caller: CallerID
    let due: Int
    /// Callers who were served while this one was first of its line.
    var bypassedBy: Set<CallerID> = []
  }

  private let policy: PacingPolicy
  /// Nothing fails: only the rate makes anybody wait.
  private let isPeaceful: Bool
  private var machine: PacingMachine
  private var now = 0
  private var wake: Int?

  /// By arrival.
  private var waiting: [Waiting] = []
  private var unsent: [Int] = []
  private var onTheirWay: [Int] = []
  private var breaker = BreakerState.closed
  private var probe: Int?
  private var probedAt = 0
  private(set) var arrivals = 0
  private(set) var sends: [Int] = []
  private var outcomes: [Int: Outcome] = [:]

  /// Everybody who came and got an answer, or left.
  var answered: Int { outcomes.count }

  init(policy: PacingPolicy, isPeaceful: Bool) {
    self.policy = policy
    self.isPeaceful = isPeaceful
    machine = PacingMachine(policy: policy, breaker: BreakerPolicy()) { 0.5 }
  }

  mutating func step(_ random: inout SplitMix) {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<6: arrive(&random)
    case 6:
      // The tools retry all at once.
      for _ in 0..<Int.random(in: 2...9, using: &random) { arrive(&random) }
    case 7: leave(&random)
    case 8..<12: send(&random)
    case 12..<15: end(&random)
    default: passTime(&random)
    }
    check()
  }

  /// Nobody comes any more: everybody gets an answer.
  mutating func finish() {
    var rounds = 0
    while !waiting.isEmpty || !unsent.isEmpty || !onTheirWay.isEmpty, rounds < 10_000 {
      rounds += 1
      for request in unsent { send(request) }
      for request in onTheirWay { end(request, .answered) }
      check()
      guard let wake else { continue }
      advance(to: wake)
      check()
    }
    #expect(waiting.isEmpty)
    #expect(machine.status(at: time).waiting == 0)
    #expect(machine.status(at: time).inFlight == 0)
    now += 2_000_000
    arriveAndAdmit(.token("after"))
  }

  private var time: Duration { .milliseconds(now) }
}

// MARK: - What happens

extension World {
  private mutating func arrive(_ random: inout SplitMix) {
    // Two who want much and several who want little.
    let caller: CallerID =
      Bool.random(using: &random)
      ? .token("agent \(Int.random(in: 0...1, using: &random))")
      : .connection(UInt64.random(in: 0...5, using: &random))
    let patience = [-1, 300, 2000, 20_000, 900_000].randomElement(using: &random) ?? 0
    arrive(caller, patience: patience)
  }

  private mutating func arrive(_ caller: CallerID, patience: Int) {
    arrivals += 1
    let due = min(now + patience, now + policy.maxWait.milliseconds)
    waiting.append(Waiting(request: arrivals, caller: caller, due: due))
    let deadline = Duration.milliseconds(now + patience)
    let passes = machine.letsPass(at: time)
    if passes, patience > 0, arrivals.isMultiple(of: 3) {
      act([.admit(arrivals)] + machine.passed(arrivals, at: time))
      return
    }
    let actions = machine.arrived(arrivals, of: caller, deadline: deadline, at: time)
    if patience > 0 { #expect(actions.contains(.admit(arrivals)) == passes) }
    act(actions)
  }

  /// After a long silence a request is let through at once, whatever happened before.
  private mutating func arriveAndAdmit(_ caller: CallerID) {
    arrive(caller, patience: 1000)
    #expect(unsent == [arrivals])
    end(arrivals, .abandoned)
  }

  private mutating func leave(_ random: inout SplitMix) {
    guard let index = waiting.indices.randomElement(using: &random) else { return }
    let request = waiting.remove(at: index).request
    outcomes[request] = .left
    act(machine.left(request, at: time))
  }

  private mutating func send(_ random: inout SplitMix) {
    // Not in the order of admission, and some late.
    guard let request = unsent.randomElement(using: &random) else { return }
    send(request)
  }

  private mutating func send(_ request: Int) {
    unsent.removeAll { $0 == request }
    onTheirWay.append(request)
    sends.append(now)
    act(machine.sent(request, at: time))
  }

  private mutating func end(_ random: inout SplitMix) {
    let failures: [ExchangeOutcome] = [
      .rateLimited(retryAfter: nil), .rateLimited(retryAfter: .seconds(3)), .unavailable(retryAfter: nil),
      .unavailable(retryAfter: .seconds(45)), .unauthorized, .unreachable, .unreachable, .unreachable,
      .unreachable, .unreachable,
    ]
    let isGood = isPeaceful || Int.random(in: 0..<4, using: &random) > 0
    if Int.random(in: 0..<6, using: &random) == 0, let request = unsent.randomElement(using: &random) {
      // It was never sent.
      end(request, isGood ? .abandoned : .unreachable)
    } else if let request = onTheirWay.randomElement(using: &random) {
      end(request, isGood ? .answered : failures.randomElement(using: &random) ?? .abandoned)
    }
  }

  private mutating func end(_ request: Int, _ outcome: ExchangeOutcome) {
    unsent.removeAll { $0 == request }
    onTheirWay.removeAll { $0 == request }
    act(machine.ended(request, outcome, at: time))
  }

  private mutating func passTime(_ random: inout SplitMix) {
    let pause = [0, 1, 30, 200, 800, 3000].randomElement(using: &random) ?? 0
    // Clocks wake a little late.
    if let wake, wake <= now + pause {
      advance(to: wake + Int.random(in: 0...3, using: &random))
    } else {
      now += pause
    }
  }

  private mutating func advance(to moment: Int) {
    now = max(now, moment)
    act(machine.timePassed(at: time))
  }
}

// MARK: - What must hold

extension World {
  private mutating func act(_ actions: [PacingMachine.Action]) {
    if let wake, wake <= now { self.wake = nil }
    for action in actions {
      switch action {
      case .admit(let request):
        admit(request)
      case .refuse(let request, let refusal): refuse(request, refusal)
      case .wake(let moment):
        // The machine computes in finer steps than the model.
        wake = moment.map { ($0 + .microseconds(999)).milliseconds }
        #expect(moment.map { $0 > time } ?? true)
      case .breaker(let state):
        #expect(state != breaker)
        breaker = state
      }
    }
    checkBreaker(actions.admitted)
  }

  private mutating func checkBreaker(_ admitted: [Int]) {
    switch breaker {
    case .closed: probe = nil
    case .open: #expect(admitted == [])
    case .halfOpen:
      // One probe at a time: the next only when the last has ended, or gets no connection.
      let isOut = probe.map { unsent.contains($0) || onTheirWay.contains($0) } ?? false
      let isLost = probe.map(unsent.contains) == true && now >= probedAt + 1000
      #expect(isLost ? admitted.count <= 1 : admitted.count == (isOut ? 0 : 1))
      if let admitted = admitted.first { (probe, probedAt) = (admitted, now) }
    }
  }

  private mutating func admit(_ request: Int) {
    guard let index = waiting.firstIndex(where: { $0.request == request }) else {
      Issue.record("\(request) was let through without waiting: \(String(describing: outcomes[request]))")
      return
    }
    let place = waiting.remove(at: index)
    #expect(outcomes[request] == nil)
    #expect(place.due > now)
    // First in, first out within one caller.
    #expect(!waiting[..<index].contains { $0.caller == place.caller })
    outcomes[request] = .admitted
    unsent.append(request)
    var seen: Set<CallerID> = [place.caller]
    for index in waiting.indices where seen.insert(waiting[index].caller).inserted {
      // Nobody is served twice while another caller's first waits.
      #expect(waiting[index].bypassedBy.insert(place.caller).inserted)
    }
  }

  private mutating func refuse(_ request: Int, _ refusal: PacingRefusal) {
    guard let index = waiting.firstIndex(where: { $0.request == request }) else {
      return #expect(Bool(false), "\(request) was refused without waiting")
    }
    let place = waiting.remove(at: index)
    #expect(outcomes[request] == nil)
    outcomes[request] = .refused
    #expect(refusal.retryAfter >= .seconds(1))
    switch refusal.reason {
    case .queueFull: #expect(waiting.count >= policy.queue - policy.queue / 8)
    case .deadlinePassed: #expect(place.due <= now || request == arrivals)
    case .breaker(let cause): #expect(breaker.cause == cause || !isPeaceful)
    case .paused: #expect(!isPeaceful)
    case .waitTooLong: break
    case .cancelled: Issue.record("nobody cancelled")
    }
  }

  private func check() {
    let status = machine.status(at: time)
    #expect(status.waiting == waiting.count)
    #expect(status.callers == Set(waiting.map(\.caller)).count)
    #expect(status.inFlight == unsent.count + onTheirWay.count)
    #expect(status.breaker == breaker)
    #expect(waiting.count <= policy.queue)
    guard let first = waiting.map(\.due).min() else { return }
    // Somebody waits: the machine will wake, in time for the first.
    if let wake {
      #expect(wake <= first)
    } else {
      Issue.record("somebody waits and nothing wakes the machine")
    }
    // And there is a reason to wait. In peace that can only be the rate.
    guard isPeaceful else { return }
    #expect(breaker == .closed)
    let recent = sends.suffix(policy.burst).count { $0 > now - 1000 }
    #expect(recent + unsent.count >= policy.perSecond)
  }
}
