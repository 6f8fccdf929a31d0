import Testing

@testable import ClientKeys

/// The rules of rotation as transcripts.
@Suite struct RotationMachineTests {
  private typealias Moment = RotationMachine.Moment

  private func machine(
    _ policy: RotationPolicy, isStored: Bool = false, makers: Int = 1, jitter: Double = 0
  ) -> RotationMachine {
    RotationMachine(policy: policy, isStored: isStored, makers: makers) { jitter }
  }

  /// Both clocks run together from a start of 1000 and 0.
  private func at(_ seconds: Int) -> Moment { Moment(wall: 1000 + seconds, uptime: .seconds(seconds)) }

  private let hourly = RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 2)

  @Test func `at start the first pair is made at once and the pool is filled behind it, one at a time`() {
    var machine = machine(hourly)
    #expect(machine.started(at: at(0)) == [.make(.now), .make(.ahead)])
    #expect(machine.pairMade(.now, at: at(1)) == [.begin(number: 1, createdAt: 1001, .pool)])
    #expect(machine.pairMade(.ahead, at: at(2)) == [.make(.ahead)])
    #expect(machine.pairMade(.ahead, at: at(3)) == [])
    #expect(machine.pool == 2)
    #expect(machine.timePassed(at: at(600)) == [])
  }

  @Test func `requests that come before the first key wait for it, in their order`() {
    var machine = machine(hourly)
    #expect(machine.announcementWanted(by: 1, at: at(0)) == [.make(.now)])
    #expect(machine.started(at: at(0)) == [.make(.ahead)])
    #expect(machine.announcementWanted(by: 2, at: at(0)) == [])
    #expect(
      machine.pairMade(.now, at: at(1)) == [
        .begin(number: 1, createdAt: 1001, .pool), .announce(request: 1), .announce(request: 2),
      ])
    #expect(machine.current?.uses == 2)
  }

  @Test func `while the first key cannot be made, requests are told so at once`() {
    var machine = machine(hourly)
    _ = machine.started(at: at(0))
    _ = machine.announcementWanted(by: 1, at: at(0))
    #expect(
      machine.makingFailed(.now, at: at(0)) == [
        .report(retryIn: .seconds(1)), .refuse(request: 1, .notReady),
      ])
    #expect(machine.announcementWanted(by: 2, at: at(0)) == [.refuse(request: 2, .notReady)])
    #expect(machine.timePassed(at: at(1)) == [.make(.now)])
    #expect(machine.announcementWanted(by: 3, at: at(1)) == [])
    #expect(
      machine.pairMade(.now, at: at(2)) == [.begin(number: 1, createdAt: 1002, .pool), .announce(request: 3)])
  }

  @Test func `while the first key cannot be stored, requests are told so at once`() {
    var machine = machine(hourly, isStored: true)
    _ = machine.started(at: at(0))
    _ = machine.announcementWanted(by: 1, at: at(0))
    _ = machine.pairMade(.now, at: at(0))
    #expect(
      machine.savingFailed(at: at(0)) == [.report(retryIn: .seconds(1)), .refuse(request: 1, .notReady)])
    #expect(machine.announcementWanted(by: 2, at: at(0)) == [.refuse(request: 2, .notReady)])
    #expect(machine.timePassed(at: at(1)) == [.save])
    #expect(machine.announcementWanted(by: 3, at: at(1)) == [])
    #expect(
      machine.saved(at: at(1)) == [.begin(number: 1, createdAt: 1001, .stored), .announce(request: 3)])
  }

  @Test(arguments: [(0.0, 3528), (0.5, 3384), (1.0, 3240)])
  func `a generation is replaced from the pool before its interval ends, earlier by the jitter`(
    jitter: Double, seconds: Int
  ) {
    var machine = machine(hourly, jitter: jitter)
    fill(&machine)
    #expect(machine.nextRotation(at: at(0)) == 1000 + seconds)
    #expect(machine.nextWake(after: .zero) == .seconds(seconds))
    #expect(machine.timePassed(at: at(seconds - 1)) == [])
    #expect(
      machine.timePassed(at: at(seconds)) == [
        .retire(number: 1, .age, uses: 0), .begin(number: 2, createdAt: 1000 + seconds, .pool), .make(.ahead),
      ])
  }

  @Test func `a request that comes first after a long sleep does not get the old generation`() {
    var machine = machine(hourly)
    fill(&machine)
    #expect(
      machine.announcementWanted(by: 7, at: at(90_000)) == [
        .retire(number: 1, .age, uses: 0), .begin(number: 2, createdAt: 91_000, .pool),
        .announce(request: 7), .make(.ahead),
      ])
  }

  @Test func `with an empty pool the old generation serves on while its successor is made with haste`() {
    var machine = machine(RotationPolicy(interval: .seconds(3600), maxUses: 0, pool: 0))
    #expect(machine.started(at: at(0)) == [.make(.now)])
    _ = machine.pairMade(.now, at: at(0))
    #expect(machine.timePassed(at: at(3600)) == [.make(.now)])
    #expect(machine.announcementWanted(by: 1, at: at(3601)) == [.announce(request: 1)])
    #expect(
      machine.pairMade(.now, at: at(3602)) == [
        .retire(number: 1, .age, uses: 1), .begin(number: 2, createdAt: 4602, .pool),
      ])
  }

  @Test func `a wall clock set forward ends a generation, one set back does not prolong it`() {
    var machine = machine(hourly)
    fill(&machine)
    let forward = Moment(wall: 900_000, uptime: .seconds(10))
    #expect(machine.timePassed(at: forward).contains(.begin(number: 2, createdAt: 900_000, .pool)))
    _ = machine.pairMade(.ahead, at: forward)
    // Now the second generation is from the future.
    #expect(machine.timePassed(at: Moment(wall: 1000, uptime: .seconds(3537))) == [])
    let end = Moment(wall: 1001, uptime: .seconds(3538))
    #expect(machine.timePassed(at: end).contains(.begin(number: 3, createdAt: 1001, .pool)))
  }

  @Test func `suspended time counts when only the wall clock saw it`() {
    var machine = machine(hourly)
    fill(&machine)
    #expect(machine.timePassed(at: Moment(wall: 1000 + 3528, uptime: .seconds(5))).count == 3)
  }

  @Test func `without an interval age is no reason`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 0, pool: 2))
    fill(&machine)
    #expect(machine.timePassed(at: at(1_000_000_000)) == [])
    #expect(machine.nextRotation(at: at(0)) == nil)
    #expect(machine.nextWake(after: .zero) == nil)
  }

  @Test func `with one use each pair goes to one request and those who come too late wait in order`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 1, pool: 1))
    #expect(machine.started(at: at(0)) == [.make(.now), .make(.ahead)])
    _ = machine.pairMade(.now, at: at(1))
    _ = machine.pairMade(.ahead, at: at(1))
    #expect(
      machine.announcementWanted(by: 1, at: at(2)) == [
        .announce(request: 1), .retire(number: 1, .uses, uses: 1), .begin(number: 2, createdAt: 1002, .pool),
        .make(.ahead),
      ])
    #expect(
      machine.announcementWanted(by: 2, at: at(2)) == [
        .announce(request: 2), .retire(number: 2, .uses, uses: 1), .make(.now),
      ])
    #expect(machine.announcementWanted(by: 3, at: at(2)) == [])
    #expect(machine.announcementWanted(by: 4, at: at(2)) == [])
    #expect(machine.waiting == [3, 4])
    #expect(
      machine.pairMade(.ahead, at: at(3)) == [
        .begin(number: 3, createdAt: 1003, .pool), .announce(request: 3), .retire(number: 3, .uses, uses: 1),
        .make(.ahead),
      ])
    #expect(machine.requestLeft(4, at: at(3)) == [])
    #expect(machine.pairMade(.now, at: at(4)) == [.begin(number: 4, createdAt: 1004, .pool)])
  }

  @Test func `as many pairs are made at once as are needed and allowed`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 2, pool: 0), makers: 3)
    _ = machine.started(at: at(0))
    _ = machine.pairMade(.now, at: at(0))
    _ = machine.announcementWanted(by: 1, at: at(0))
    #expect(machine.announcementWanted(by: 2, at: at(0)).last == .make(.now))
    // Two requests for each pair.
    #expect(machine.announcementWanted(by: 3, at: at(0)) == [])
    #expect(machine.announcementWanted(by: 4, at: at(0)) == [])
    #expect(machine.announcementWanted(by: 5, at: at(0)) == [.make(.now)])
    for request in 6...20 { _ = machine.announcementWanted(by: request, at: at(0)) }
    #expect(machine.announcementWanted(by: 21, at: at(0)) == [])
  }

  @Test func `a demand takes the next pair of the pool`() {
    var machine = machine(hourly)
    fill(&machine)
    #expect(
      machine.rotationDemanded(at: at(5)) == [
        .retire(number: 1, .demand, uses: 0), .begin(number: 2, createdAt: 1005, .pool), .rotated,
        .make(.ahead),
      ])
  }

  @Test func `demands that come while a pair is made for one share it`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 0, pool: 0))
    _ = machine.started(at: at(0))
    _ = machine.pairMade(.now, at: at(0))
    #expect(machine.rotationDemanded(at: at(1)) == [.make(.now)])
    #expect(machine.rotationDemanded(at: at(1)) == [])
    #expect(
      machine.pairMade(.now, at: at(2)) == [
        .retire(number: 1, .demand, uses: 0), .begin(number: 2, createdAt: 1002, .pool), .rotated,
      ])
  }

  @Test func `failures wait twice as long each time up to a minute, and a success forgets them`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 0, pool: 0))
    #expect(machine.started(at: at(0)) == [.make(.now)])
    var now = 0
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
      #expect(machine.makingFailed(.now, at: at(now)) == [.report(retryIn: .seconds(wait))])
      #expect(machine.nextWake(after: at(now).uptime) == .seconds(now + wait))
      #expect(machine.timePassed(at: at(now + wait - 1)) == [])
      now += wait
      #expect(machine.timePassed(at: at(now)) == [.make(.now)])
    }
    _ = machine.pairMade(.now, at: at(now))
    _ = machine.rotationDemanded(at: at(now))
    #expect(machine.makingFailed(.now, at: at(now)) == [.report(retryIn: .seconds(1)), .rotationFailed])
  }

  @Test func `a demand does not wait for the end of a back-off, and is kept when it fails`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 0, pool: 0))
    _ = machine.started(at: at(0))
    _ = machine.makingFailed(.now, at: at(0))
    #expect(machine.rotationDemanded(at: at(0)) == [.make(.now)])
    #expect(machine.makingFailed(.now, at: at(0)) == [.report(retryIn: .seconds(2)), .rotationFailed])
    #expect(machine.timePassed(at: at(2)) == [.make(.now)])
    #expect(machine.pairMade(.now, at: at(3)) == [.begin(number: 1, createdAt: 1003, .pool), .rotated])
  }

  @Test func `a pair is stored before it is announced, and one that cannot be is tried again`() {
    var machine = machine(hourly, isStored: true)
    _ = machine.started(at: at(0))
    #expect(machine.pairMade(.now, at: at(0)) == [.save])
    #expect(machine.announcementWanted(by: 1, at: at(0)) == [])
    #expect(
      machine.saved(at: at(1)) == [.begin(number: 1, createdAt: 1001, .stored), .announce(request: 1)])
    _ = machine.pairMade(.ahead, at: at(1))
    _ = machine.pairMade(.ahead, at: at(1))
    #expect(machine.timePassed(at: at(3600)) == [.save, .make(.ahead)])
    #expect(machine.savingFailed(at: at(3600)) == [.report(retryIn: .seconds(1))])
    #expect(machine.announcementWanted(by: 2, at: at(3600)) == [.announce(request: 2)])
    #expect(machine.pairMade(.ahead, at: at(3600)) == [])
    #expect(machine.pool == 2)
    #expect(machine.timePassed(at: at(3601)) == [.save])
    #expect(
      machine.saved(at: at(3602)) == [
        .retire(number: 1, .age, uses: 2), .begin(number: 2, createdAt: 4602, .stored),
      ])
  }

  @Test func `an adopted pair serves, and is replaced at once when it is old`() {
    var machine = machine(hourly)
    #expect(machine.adopted(createdAt: 10, at: at(9000)) == [.begin(number: 1, createdAt: 10, .adopted)])
    #expect(machine.announcementWanted(by: 1, at: at(9000)) == [.announce(request: 1)])
    #expect(machine.started(at: at(9000)) == [.make(.now), .make(.ahead)])
    #expect(
      machine.pairMade(.now, at: at(9001)) == [
        .retire(number: 1, .age, uses: 1), .begin(number: 2, createdAt: 10_001, .pool),
      ])
  }

  @Test func `an adopted pair keeps what is left of its time, one from the future gets one interval`() {
    var young = machine(hourly)
    _ = young.adopted(createdAt: 1000 - 600, at: at(0))
    #expect(young.nextRotation(at: at(0)) == 1000 - 600 + 3528)
    var future = machine(hourly)
    _ = future.adopted(createdAt: .max, at: at(0))
    #expect(future.nextRotation(at: at(0)) == 1000 + 3528)
    var ancient = machine(hourly)
    _ = ancient.adopted(createdAt: .min, at: at(9000))
    #expect(ancient.started(at: at(9000)).first == .make(.now))
  }

  @Test func `with a limit of uses a pair of unknown past is not announced`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 3, pool: 0))
    #expect(
      machine.adopted(createdAt: 900, at: at(0)) == [
        .begin(number: 1, createdAt: 900, .adopted), .retire(number: 1, .uses, uses: 0), .make(.now),
      ])
    #expect(machine.started(at: at(0)) == [])
    #expect(machine.announcementWanted(by: 1, at: at(0)) == [])
    #expect(
      machine.pairMade(.now, at: at(1)) == [.begin(number: 2, createdAt: 1001, .pool), .announce(request: 1)])
  }

  @Test func `after the stop the pool is used up, and then nobody waits`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 1, pool: 1))
    _ = machine.started(at: at(0))
    _ = machine.pairMade(.now, at: at(0))
    _ = machine.pairMade(.ahead, at: at(0))
    #expect(machine.stopped() == [])
    #expect(
      machine.announcementWanted(by: 1, at: at(1)) == [
        .announce(request: 1), .retire(number: 1, .uses, uses: 1), .begin(number: 2, createdAt: 1001, .pool),
      ])
    _ = machine.announcementWanted(by: 2, at: at(1))
    #expect(machine.announcementWanted(by: 3, at: at(1)) == [.refuse(request: 3, .closed)])
    #expect(machine.rotationDemanded(at: at(1)) == [.rotationFailed])
  }

  @Test func `the stop sends away who waits`() {
    var machine = machine(RotationPolicy(interval: nil, maxUses: 1, pool: 0))
    _ = machine.started(at: at(0))
    _ = machine.pairMade(.now, at: at(0))
    for request in 1...3 { _ = machine.announcementWanted(by: request, at: at(0)) }
    #expect(machine.stopped() == [.refuse(request: 2, .closed), .refuse(request: 3, .closed)])
    #expect(machine.makingFailed(.now, at: at(0)) == [.report(retryIn: .seconds(1))])
    #expect(machine.timePassed(at: at(100)) == [])
  }

  /// Brings it to its first generation with a full pool at 0.
  private func fill(_ machine: inout RotationMachine) {
    _ = machine.started(at: at(0))
    _ = machine.pairMade(.now, at: at(0))
    for _ in 0..<machine.policy.pool { _ = machine.pairMade(.ahead, at: at(0)) }
  }
}
