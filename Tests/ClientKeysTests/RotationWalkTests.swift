import Testing

@testable import ClientKeys

/// Random walks of the rotation machine against a plain model of those who act for it.
@Suite struct RotationWalkTests {
  @Test(arguments: 0..<60)
  func `whatever happens in whatever order, the rules hold`(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    var world = World(
      policy: RotationPolicy(
        interval: [nil, .seconds(100), .seconds(3600)].randomElement(using: &random) ?? nil,
        maxUses: [0, 1, 1, 2, 7].randomElement(using: &random) ?? 0, pool: .random(in: 0...3, using: &random)),
      isStored: .random(using: &random), makers: .random(in: 1...3, using: &random))
    for _ in 0..<2000 { world.step(&random) }
    #expect(world.begun > 20)
    #expect(world.announced > 100)
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Pairs are numbers here; what is on its way is counted.
private struct World {
  private let policy: RotationPolicy
  private let isStored: Bool
  private let makers: Int
  private var machine: RotationMachine
  private var now = RotationMachine.Moment(wall: 1_000_000, uptime: .zero)

  private var lastPair = 0
  private var pool: [Int] = []
  private var candidate: Int?
  private var isSaving = false
  private var adopted: Int?
  private var making: [RotationMachine.Lane] = []
  private var current: (number: Int, pair: Int, uses: Int, begunAt: Duration)?
  private var usesOfPair: [Int: Int] = [:]
  private var stored: Set<Int> = []
  private var waiting: [Int] = []
  private var lastRequest = 0
  private(set) var begun = 0
  private(set) var announced = 0

  init(policy: RotationPolicy, isStored: Bool, makers: Int) {
    self.policy = policy
    self.isStored = isStored
    self.makers = makers
    machine = RotationMachine(policy: policy, isStored: isStored, makers: makers) { 0.3 }
    act(machine.started(at: now))
  }

  mutating func step(_ random: inout SplitMix) {
    // Work ends more often than it is asked for, so that neither shortage nor plenty lasts.
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<6:
      lastRequest += 1
      waiting.append(lastRequest)
      act(machine.announcementWanted(by: lastRequest, at: now))
    case 6..<12: endMaking(succeeds: .random(in: 0..<8, using: &random) > 0, &random)
    case 12..<15: endSaving(succeeds: .random(in: 0..<4, using: &random) > 0)
    case 15: act(machine.rotationDemanded(at: now))
    case 16: leave(&random)
    case 17:
      let isRare = Int.random(in: 0..<20, using: &random) == 0
      if isRare { adopt(&random) }
    default: passTime(&random)
    }
    check()
  }

  private mutating func endMaking(succeeds: Bool, _ random: inout SplitMix) {
    guard let index = making.indices.randomElement(using: &random) else { return }
    let lane = making.remove(at: index)
    guard succeeds else { return act(machine.makingFailed(lane, at: now)) }
    lastPair += 1
    pool.append(lastPair)
    act(machine.pairMade(lane, at: now))
  }

  private mutating func endSaving(succeeds: Bool) {
    guard isSaving, let candidate else { return }
    isSaving = false
    guard succeeds else { return act(machine.savingFailed(at: now)) }
    stored.insert(candidate)
    act(machine.saved(at: now))
  }

  private mutating func leave(_ random: inout SplitMix) {
    guard let request = waiting.randomElement(using: &random) else { return }
    waiting.removeAll { $0 == request }
    act(machine.requestLeft(request, at: now))
  }

  private mutating func adopt(_ random: inout SplitMix) {
    lastPair += 1
    adopted = lastPair
    stored.insert(lastPair)
    act(machine.adopted(createdAt: now.wall + .random(in: -9000...9000, using: &random), at: now))
  }

  private mutating func passTime(_ random: inout SplitMix) {
    let seconds = Int.random(in: 0...30, using: &random)
    now.uptime += .seconds(seconds)
    now.wall += seconds
    // Somebody sets the clock.
    if Int.random(in: 0..<50, using: &random) == 0 {
      now.wall += .random(in: -100_000...100_000, using: &random)
    }
    act(machine.timePassed(at: now))
  }

  private mutating func act(_ actions: [RotationMachine.Action]) {
    for action in actions { act(action) }
  }

  private mutating func act(_ action: RotationMachine.Action) {
    switch action {
    case .make(let lane):
      making.append(lane)
      #expect(making.count { $0 == .now } <= makers)
      #expect(making.count { $0 == .ahead } <= 1)
    case .discard:
      #expect(pool.count > policy.pool)
      pool.removeLast()
    case .save:
      #expect(isStored && !isSaving)
      candidate = candidate ?? pool.removeFirst()
      isSaving = true
    case .begin(let number, _, let origin):
      begun += 1
      #expect(number == begun)
      #expect(current == nil)
      let pair = take(origin)
      #expect(!isStored || stored.contains(pair))
      current = (number, pair, 0, now.uptime)
    case .retire(let number, _, let uses):
      #expect(current?.number == number)
      #expect(current?.uses == uses)
      current = nil
    case .announce(let request): announce(request)
    case .refuse(let request, let shortage):
      #expect(begun == 0 && shortage == .notReady)
      waiting.removeAll { $0 == request }
    case .rotated: #expect(current != nil)
    case .rotationFailed, .report: break
    }
  }

  private mutating func take(_ origin: RotationMachine.Origin) -> Int {
    switch origin {
    case .pool: return pool.removeFirst()
    case .stored:
      defer { candidate = nil }
      return candidate ?? 0
    case .adopted:
      defer { adopted = nil }
      return adopted ?? 0
    }
  }

  private mutating func announce(_ request: Int) {
    #expect(waiting.first == request, "first come, first served")
    waiting.removeFirst()
    guard let pair = current?.pair else {
      Issue.record("a request was given a generation that is not there")
      return
    }
    announced += 1
    current?.uses += 1
    usesOfPair[pair, default: 0] += 1
    #expect(policy.maxUses == 0 || usesOfPair[pair, default: 0] <= policy.maxUses)
    if let interval = policy.interval, let begunAt = current?.begunAt, now.uptime - begunAt >= interval {
      #expect(pool.isEmpty || isStored, "an old key although there was a new one")
    }
  }

  private func check() {
    #expect(machine.pool == pool.count)
    #expect(machine.waiting == waiting)
    #expect(machine.current?.number == current?.number)
    #expect(machine.current?.uses == current?.uses)
    #expect(pool.count <= max(policy.pool, max(1, waiting.count)))
    #expect(waiting.isEmpty || current == nil, "nobody waits while there is a pair")
    if machine.isShort(at: now) {
      #expect(machine.isPending(at: now.uptime), "a pair is wanted, and nothing will bring it")
    }
    if waiting.isEmpty, current != nil { #expect(pool.count <= max(1, policy.pool)) }
    if let interval = policy.interval, let current, pool.count > 0, !isStored {
      #expect(now.uptime - current.begunAt < interval)
    }
  }
}
