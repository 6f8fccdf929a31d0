import Pacing
import TestTwins
import Testing

/// Those who wait and the clock; what is decided is the machine's.
@Suite(.timeLimit(.minutes(2))) struct PacerTests {
  private let clock = ManualClock()
  private let changes = Watched<[BreakerState]>([])
  private let pacer: Pacer
  private let ann = CallerID.token("ann")

  init() {
    let changes = changes
    pacer = Pacer(policy: PacingPolicy(margin: .zero, queue: 16), clock: clock, jitter: { 0 }) { _, state in
      changes.update { $0.append(state) }
    }
  }

  private static var later: ContinuousClock.Instant { .now + .seconds(900) }

  private func admit(_ caller: CallerID? = nil, key: KeyID = .configured) async throws -> Admission {
    try await pacer.admit(caller ?? ann, key: key, until: Self.later)
  }

  private var status: PacingStatus? { pacer.status[.configured] }

  /// Returns once so many wait; whoever asks for admission gets so far without the clock.
  private func untilWaiting(_ count: Int) async {
    while status?.waiting != count { await Task.yield() }
  }

  private func useBurst() async throws -> [Admission] {
    var admissions: [Admission] = []
    for _ in 0..<4 {
      let admission = try await admit()
      admission.sent()
      admissions.append(admission)
    }
    return admissions
  }

  @Test func `one who waits is let through when the clock says so`() async throws {
    let burst = try await useBurst()
    let fifth = Task { try await admit() }
    await clock.untilAsleep(1)
    #expect(status?.waiting == 1)
    clock.advance(by: .milliseconds(999))
    #expect(status?.waiting == 1)
    clock.advance(by: .milliseconds(1))
    let admission = try await fifth.value
    #expect(status == PacingStatus(inFlight: 5))
    for admission in burst + [admission] { admission.ended(.answered) }
    #expect(status == PacingStatus())
    #expect(pacer.totals == PacingTotals(admitted: 5))
  }

  @Test func `one who can go at once needs no name, and nobody overtakes those who wait`() async throws {
    for _ in 0..<4 {
      let admission = try #require(pacer.admitNow(key: .configured))
      admission.sent()
      #expect(admission.isSent)
    }
    #expect(pacer.admitNow(key: .configured) == nil)
    let waiter = Task { try await admit() }
    await clock.untilAsleep(1)
    clock.advance(by: .milliseconds(999))
    #expect(pacer.admitNow(key: .configured) == nil)
    clock.advance(by: .milliseconds(1))
    #expect(try await waiter.value.number == 5)
    #expect(pacer.totals == PacingTotals(admitted: 5))
  }

  @Test func `all keys together are told at a glance`() async throws {
    #expect(pacer.overview == PacingOverview())
    let burst = try await useBurst()
    let other = try await admit(key: .digest([1]))
    let waiter = Task { try await admit() }
    await untilWaiting(1)
    #expect(pacer.waiting == 1)
    other.sent()
    other.ended(.unavailable(retryAfter: .seconds(60)))
    clock.advance(by: .milliseconds(500))
    var expected = PacingOverview()
    (expected.waiting, expected.callers, expected.inFlight, expected.admitted) = (1, 1, 4, 5)
    (expected.cause, expected.heldFor) = (.coolDown, .milliseconds(59_500))
    #expect(pacer.overview == expected)
    waiter.cancel()
    _ = await waiter.result
    #expect(pacer.overview.refused == ["cancelled": 1])
    #expect(burst.count == 4)
  }

  @Test func `keys do not share a rate`() async throws {
    let burst = try await useBurst()
    let other = try await admit(key: .digest([1]))
    #expect(other.number == 5)
    #expect(burst.count == 4)
  }

  @Test func `one who is cancelled leaves the line at once, and the next moves up`() async throws {
    let burst = try await useBurst()
    let first = Task { try await admit() }
    await untilWaiting(1)
    let second = Task { try await admit() }
    await untilWaiting(2)
    first.cancel()
    await #expect(throws: PacingRefusal(.cancelled, retryAfter: .zero)) { _ = try await first.value }
    #expect(status?.waiting == 1)
    await clock.untilAsleep(1)
    clock.advance(by: .seconds(1))
    #expect(try await second.value.number == burst.count + 2)
    #expect(pacer.totals == PacingTotals(admitted: 5, refused: [.cancelled: 1]))
  }

  @Test func `one who was cancelled before takes no place`() async throws {
    let gate = Watched(false)
    let visitor = Task {
      await gate.until { $0 }
      return try await admit()
    }
    visitor.cancel()
    gate.update { $0 = true }
    await #expect(throws: PacingRefusal(.cancelled, retryAfter: .zero)) { _ = try await visitor.value }
    #expect(status == nil)
  }

  @Test func `nobody waits beyond the deadline`() async throws {
    await #expect(throws: PacingRefusal(.deadlinePassed, retryAfter: .seconds(1))) {
      _ = try await pacer.admit(ann, key: .configured, until: .now)
    }
    // Let through and never sent: nobody knows for how long.
    var held: [Admission] = []
    for _ in 0..<4 { held.append(try await admit(key: .digest([2]))) }
    let waiter = Task {
      try await pacer.admit(ann, key: .digest([2]), until: .now + .seconds(30))
    }
    await clock.untilAsleep(1)
    clock.advance(by: .seconds(30))
    await #expect(throws: PacingRefusal(.deadlinePassed, retryAfter: .seconds(1))) {
      _ = try await waiter.value
    }
    #expect(held.count == 4)
    #expect(pacer.totals.refused == [.deadlinePassed: 2])
  }

  @Test func `a full queue refuses at once`() async throws {
    let burst = try await useBurst()
    let waiters = (0..<14).map { _ in Task { try await admit() } }
    await untilWaiting(14)
    await #expect(throws: PacingRefusal(.queueFull, retryAfter: .seconds(1))) { _ = try await admit() }
    for waiter in waiters { waiter.cancel() }
    for waiter in waiters { _ = await waiter.result }
    #expect(status?.waiting == 0)
    #expect(pacer.totals.refused == [.queueFull: 1, .cancelled: 14])
    #expect(burst.count == 4)
  }

  @Test func `an admission that is dropped gives its place back`() async throws {
    for _ in 0..<100 { _ = try await admit() }
    #expect(status == PacingStatus())
    #expect(pacer.totals.admitted == 100)
  }

  @Test func `no more than 1024 keys are kept in mind, and those that do not matter make room`() async throws
  {
    func key(_ number: Int) -> KeyID { .digest([UInt8(number % 256), UInt8(number / 256)]) }
    for number in 0..<2000 { _ = try await admit(key: key(number)) }
    #expect(pacer.status.count <= 1024)
    var held: [Admission] = []
    for number in 0..<1024 { held.append(try await admit(key: key(number))) }
    await #expect(throws: PacingRefusal(.queueFull, retryAfter: .seconds(1))) {
      _ = try await admit(key: key(5000))
    }
    held.removeLast()
    _ = try await admit(key: key(5000))
    #expect(held.count == 1023)
  }

  @Test func `keys that somebody invents keep out nobody who has one`() async throws {
    func key(_ number: Int) -> KeyID { .digest([UInt8(number % 256), UInt8(number / 256)]) }
    for number in 0..<1024 {
      let admission = try await admit(key: key(number))
      admission.sent()
      admission.ended(.unauthorized)
    }
    #expect(pacer.status.count == 1024)
    let honest = try await admit(key: key(5000))
    #expect(pacer.status.count == 1024)
    for number in 2000..<2100 { try await admit(key: key(number)).ended(.unauthorized) }
    #expect(pacer.status[key(5000)]?.inFlight == 1)
    honest.ended(.answered)
  }

  @Test func `outcomes open the breaker, and everybody is told`() async throws {
    let burst = try await useBurst()
    let waiter = Task { try await admit() }
    await untilWaiting(1)
    burst[0].ended(.unavailable(retryAfter: .seconds(60)))
    let refusal = PacingRefusal(.breaker(.coolDown), retryAfter: .seconds(60))
    await #expect(throws: refusal) { _ = try await waiter.value }
    await #expect(throws: refusal) { _ = try await admit() }
    #expect(status?.breaker == .open(.coolDown, until: .seconds(60)))
    clock.advance(by: .seconds(60))
    let probe = try await admit()
    probe.sent()
    probe.ended(.answered)
    #expect(
      changes.value == [.open(.coolDown, until: .seconds(60)), .halfOpen(.coolDown), .closed])
  }

  @Test func `whoever comes and goes, the limits hold and everybody gets an answer`() async throws {
    let sends = Watched<[Int]>([])
    let finished = Watched(0)
    let patient = PacingPolicy(margin: .zero, maxWait: .seconds(100_000))
    let pacer = Pacer(policy: patient, clock: clock, jitter: { 0 })
    let start = clock.now
    await withTaskGroup(of: Void.self) { group in
      for visitor in 0..<200 {
        let visit = Task { [clock] in
          let caller = CallerID.connection(UInt64(visitor % 7))
          guard let admission = try? await pacer.admit(caller, key: .configured, until: Self.later) else {
            return
          }
          let moment = start.duration(to: clock.now).milliseconds
          admission.sent()
          sends.update { $0.append(moment) }
          admission.ended(.answered)
        }
        if visitor % 5 == 0 { visit.cancel() }
        group.addTask {
          await visit.value
          finished.update { $0 += 1 }
        }
      }
      group.addTask { [clock] in
        // Time passes only while somebody sleeps, so that nobody who could go on is overtaken by it.
        while finished.value < 200 {
          if clock.sleeperCount > 0 { clock.advance(by: .milliseconds(50)) }
          await Task.yield()
        }
      }
    }
    let totals = pacer.totals
    #expect(totals.admitted + (totals.refused[.cancelled] ?? 0) == 200)
    #expect(totals.admitted >= 160)
    #expect(sends.value.count == totals.admitted)
    #expect(RouterCount(perSecond: 2, burst: 4).faults(in: sends.value) == [])
    #expect(pacer.status[.configured]?.waiting == 0)
    #expect(pacer.status[.configured]?.inFlight == 0)
  }
}
