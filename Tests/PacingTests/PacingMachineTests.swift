import Testing

@testable import Pacing

/// What is let through when, and who is told what, as transcripts; margin 0.
@Suite final class PacingMachineTests {
  private var machine = PacingMachineTests.machine()
  private let ann = CallerID.token("ann")
  private let bob = CallerID.peer("127.0.0.1")
  private let eve = CallerID.connection(7)

  private static func machine(queue: Int = 256, maxWait: Duration = .seconds(120)) -> PacingMachine {
    PacingMachine(
      policy: PacingPolicy(margin: .zero, queue: queue, maxWait: maxWait), breaker: BreakerPolicy()
    ) { 0 }
  }

  private func arrive(
    _ request: Int, _ caller: CallerID, deadline: Int = 900_000, at milliseconds: Int = 0
  ) -> [PacingMachine.Action] {
    machine.arrived(
      request, of: caller, deadline: .milliseconds(deadline), at: .milliseconds(milliseconds))
  }

  /// Lets time pass, sends at once what is let through, and tells in which order that was.
  private func serve(until end: Int, from start: Int = 0, step: Int = 100) -> [Int] {
    var admitted: [Int] = []
    for moment in stride(from: start, through: end, by: step) {
      var actions = machine.timePassed(at: .milliseconds(moment))
      while case let requests = actions.admitted, !requests.isEmpty {
        admitted += requests
        actions = requests.flatMap { machine.sent($0, at: .milliseconds(moment)) }
      }
    }
    return admitted
  }

  /// Four requests have used the burst up at 0.
  private func useBurst() {
    for request in 1001...1004 {
      #expect(arrive(request, .token("other")) == [.admit(request)])
      #expect(machine.sent(request, at: .zero) == [])
    }
  }

  @Test func `nobody waits while the rate allows it`() {
    useBurst()
    #expect(arrive(1, ann) == [.wake(at: .seconds(1))])
    #expect(machine.timePassed(at: .milliseconds(999)) == [])
    #expect(machine.timePassed(at: .seconds(1)) == [.admit(1)])
    #expect(machine.status(at: .seconds(1)) == PacingStatus(inFlight: 5))
  }

  @Test func `callers take turns, and one caller's requests go in order`() {
    useBurst()
    for request in [1, 2, 3, 4] { _ = arrive(request, ann) }
    for request in [5, 6] { _ = arrive(request, bob) }
    _ = arrive(7, eve)
    #expect(machine.status(at: .zero).waiting == 7)
    #expect(machine.status(at: .zero).callers == 3)
    #expect(serve(until: 5000) == [1, 5, 7, 2, 6, 3, 4])
  }

  @Test func `who comes anew has the last turn`() {
    useBurst()
    for request in [1, 2] { _ = arrive(request, ann) }
    _ = arrive(3, bob)
    #expect(machine.timePassed(at: .seconds(1)).admitted == [1, 3])
    _ = machine.sent(1, at: .seconds(1))
    _ = machine.sent(3, at: .seconds(1))
    _ = arrive(4, bob, at: 1000)
    _ = arrive(5, eve, at: 1000)
    #expect(serve(until: 4000, from: 1000) == [2, 4, 5])
  }

  @Test func `one who leaves frees the place`() {
    machine = Self.machine(queue: 2)
    useBurst()
    _ = arrive(1, ann)
    _ = arrive(2, ann)
    #expect(arrive(3, bob) == [.refuse(3, PacingRefusal(.queueFull, retryAfter: .seconds(1)))])
    #expect(machine.left(1, at: .zero) == [])
    #expect(arrive(4, bob) == [])
    #expect(serve(until: 3000) == [2, 4])
    #expect(machine.left(2, at: .seconds(3)) == [])
  }

  @Test func `the last eighth of the places is for callers of whom nobody waits`() {
    machine = Self.machine(queue: 16)
    useBurst()
    for request in 1...14 { #expect(arrive(request, ann).refused == []) }
    #expect(arrive(15, ann) == [.refuse(15, PacingRefusal(.queueFull, retryAfter: .seconds(1)))])
    #expect(arrive(16, bob) == [])
    #expect(arrive(17, bob).refused == [17])
    #expect(arrive(18, eve) == [])
    #expect(arrive(19, .token("new")).refused == [19])
  }

  @Test func `a wait that is known to be too long is not begun`() {
    useBurst()
    // Two each second from 1 s on.
    for request in 1...6 { _ = arrive(request, ann) }
    #expect(
      arrive(7, ann, deadline: 4000) == [.refuse(7, PacingRefusal(.deadlinePassed, retryAfter: .seconds(1)))])
    #expect(arrive(8, ann, deadline: 4001) == [])
    // Bob's turn comes after one of Ann's.
    #expect(arrive(9, bob, deadline: 1001) == [])
    #expect(arrive(10, eve, deadline: 1500).refused == [10])
    #expect(serve(until: 1000) == [1, 9])
  }

  @Test func `nobody waits longer than allowed, nor beyond the deadline`() {
    machine = Self.machine(maxWait: .seconds(3))
    // Let through and not sent: nobody knows for how long.
    for request in 1...4 { _ = arrive(request, ann) }
    #expect(arrive(5, ann) == [.wake(at: .seconds(3))])
    #expect(arrive(6, bob, deadline: 2000) == [.wake(at: .seconds(2))])
    #expect(
      machine.timePassed(at: .seconds(2)) == [
        .refuse(6, PacingRefusal(.deadlinePassed, retryAfter: .seconds(1))), .wake(at: .seconds(3)),
      ])
    #expect(
      machine.timePassed(at: .seconds(3)) == [
        .refuse(5, PacingRefusal(.waitTooLong, retryAfter: .seconds(1)))
      ])
    #expect(arrive(7, bob, deadline: 3000, at: 3000).refused == [7])
  }

  @Test func `what was admitted and failed before it was sent gives its place to the next`() {
    for request in 1...4 { _ = arrive(request, ann) }
    _ = arrive(5, bob)
    #expect(machine.ended(2, .unreachable, at: .milliseconds(10)) == [.admit(5), .wake(at: nil)])
    #expect(machine.ended(2, .unreachable, at: .milliseconds(10)) == [])
  }

  @Test func `an answer counts as sent even if nobody said so`() {
    for request in 1...4 { _ = arrive(request, ann) }
    _ = arrive(5, bob)
    for request in 1...4 { _ = machine.ended(request, .answered, at: .zero) }
    #expect(machine.timePassed(at: .milliseconds(999)) == [])
    #expect(machine.timePassed(at: .seconds(1)).admitted == [5])
  }

  @Test func `the router's Retry-After pauses the key`() {
    _ = arrive(1, ann)
    #expect(machine.ended(1, .rateLimited(retryAfter: .seconds(20)), at: .zero) == [])
    #expect(machine.status(at: .seconds(5)).pause == .seconds(15))
    #expect(arrive(2, ann) == [.wake(at: .seconds(20))])
    #expect(
      arrive(3, bob, deadline: 20_000) == [.refuse(3, PacingRefusal(.paused, retryAfter: .seconds(20)))])
    // No burst within ten seconds of a 429, but it is long past.
    #expect(serve(until: 20_000) == [2])
    #expect(machine.status(at: .seconds(20)).pause == nil)
  }

  @Test func `a pause that outlasts somebody's patience is told at once`() {
    for request in 1...4 { _ = arrive(request, ann) }
    _ = arrive(5, bob)
    _ = arrive(6, bob, deadline: 10_000)
    #expect(
      machine.ended(1, .rateLimited(retryAfter: .seconds(60)), at: .zero) == [
        .refuse(6, PacingRefusal(.paused, retryAfter: .seconds(60))), .wake(at: .seconds(120)),
      ])
  }

  @Test func `429 without Retry-After pauses longer each time, but once for those sent together`() {
    for request in 1...4 { _ = arrive(request, ann) }
    for request in 1...4 { _ = machine.ended(request, .rateLimited(retryAfter: nil), at: .zero) }
    #expect(machine.status(at: .zero).pause == .seconds(1))
    var time = Duration.seconds(1)
    for (request, pause) in zip(5..., [2, 4, 8, 16, 30, 30]) {
      #expect(
        machine.arrived(request, of: ann, deadline: .seconds(900), at: time).admitted
          == [request])
      _ = machine.ended(request, .rateLimited(retryAfter: nil), at: time)
      #expect(machine.status(at: time).pause == .seconds(pause))
      time += .seconds(pause)
    }
    #expect(arrive(20, ann, at: time.milliseconds).admitted == [20])
    _ = machine.ended(20, .answered, at: time)
    #expect(arrive(21, ann, at: time.milliseconds).admitted == [21])
    _ = machine.ended(21, .rateLimited(retryAfter: nil), at: time)
    #expect(machine.status(at: time).pause == .seconds(1))
  }

  @Test func `no pause is longer than a cool-down, and none is negative`() {
    _ = arrive(1, ann)
    _ = arrive(2, ann)
    _ = machine.ended(1, .rateLimited(retryAfter: .seconds(-5)), at: .zero)
    #expect(machine.status(at: .zero).pause == nil)
    _ = machine.ended(2, .rateLimited(retryAfter: .seconds(1_000_000_000_000)), at: .zero)
    #expect(machine.status(at: .zero).pause == .seconds(1800))
  }

  @Test func `a cool-down refuses everybody, those who wait included, until a probe succeeds`() {
    for request in 1...4 { _ = arrive(request, ann) }
    _ = arrive(5, bob)
    let refusal = PacingRefusal(.breaker(.coolDown), retryAfter: .seconds(600))
    #expect(
      machine.ended(1, .unavailable(retryAfter: .seconds(600)), at: .zero) == [
        .refuse(5, refusal), .breaker(.open(.coolDown, until: .seconds(600))), .wake(at: nil),
      ])
    #expect(arrive(6, ann) == [.refuse(6, refusal)])
    for request in 2...4 { _ = machine.ended(request, .answered, at: .seconds(1)) }
    #expect(
      arrive(7, ann, at: 600_000) == [.admit(7), .breaker(.halfOpen(.coolDown))])
    #expect(arrive(8, bob, at: 600_000).admitted == [])
    _ = machine.sent(7, at: .seconds(600))
    #expect(
      machine.ended(7, .answered, at: .seconds(601)) == [.admit(8), .breaker(.closed), .wake(at: nil)])
  }

  @Test func `while the router is away, requests wait, and go on when a probe has come through`() {
    for request in 1...3 { _ = arrive(request, ann) }
    for request in 1...3 { _ = machine.ended(request, .unreachable, at: .zero) }
    #expect(arrive(4, ann) == [.wake(at: .milliseconds(250))])
    #expect(arrive(5, bob) == [])
    #expect(
      machine.timePassed(at: .milliseconds(250)) == [
        .admit(4), .breaker(.halfOpen(.unreachable)), .wake(at: .milliseconds(1250)),
      ])
    #expect(machine.sent(4, at: .milliseconds(260)) == [.wake(at: .milliseconds(510))])
    #expect(
      machine.timePassed(at: .milliseconds(510)) == [.admit(5), .breaker(.closed)])
  }

  @Test func `a machine that slept takes nobody's wait for too long, but deadlines have passed`() {
    useBurst()
    #expect(arrive(1, ann) == [.wake(at: .seconds(1))])
    #expect(arrive(2, ann) == [])
    #expect(arrive(3, bob) == [])
    _ = machine.arrived(4, of: bob, deadline: .seconds(300), at: .zero)
    let actions = machine.timePassed(at: .seconds(600))
    #expect(actions.contains(.refuse(4, PacingRefusal(.deadlinePassed, retryAfter: .seconds(1)))))
    #expect(actions.admitted.count >= 2)
    let rest = machine.timePassed(at: .seconds(601)).admitted
    #expect(Set(actions.admitted + rest).isSubset(of: [1, 2, 3]))
    #expect(machine.status(at: .seconds(601)).waiting + actions.admitted.count + rest.count == 3)
  }

  @Test func `a machine is fresh again once all has ended`() {
    #expect(machine.isFresh(at: .zero))
    useBurst()
    _ = arrive(1, ann)
    for request in 1001...1004 { _ = machine.ended(request, .answered, at: .zero) }
    #expect(!machine.isFresh(at: .seconds(900)))
    _ = machine.left(1, at: .seconds(1))
    #expect(!machine.isFresh(at: .seconds(1)))
    #expect(machine.isFresh(at: .seconds(10)))
  }
}

extension [PacingMachine.Action] {
  /// Who was let through.
  var admitted: [Int] {
    compactMap {
      if case .admit(let request) = $0 { return request }
      return nil
    }
  }

  /// Who was refused.
  var refused: [Int] {
    compactMap {
      if case .refuse(let request, _) = $0 { return request }
      return nil
    }
  }
}
