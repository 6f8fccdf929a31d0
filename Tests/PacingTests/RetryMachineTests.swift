import Pacing
import Testing

/// The rules of PROTOCOL.md section 5, "Advice for a proxy", as transcripts.
@Suite struct RetryMachineTests {
  private let plenty = Duration.seconds(900)

  @Test(arguments: [
    AttemptFailure.connection, .status(429, retryAfter: nil), .status(502, retryAfter: nil),
    .status(504, retryAfter: nil),
  ])
  func `a failure that may pass is tried again up to the limit, with doubled waits`(_ failure: AttemptFailure)
  {
    var machine = RetryMachine(limit: 3, isMaximumTier: false)
    #expect(
      machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5)
        == .retry(after: .milliseconds(500)))
    #expect(
      machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5) == .retry(after: .seconds(1)))
    #expect(
      machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5) == .retry(after: .seconds(2)))
    #expect(machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5) == .giveUp)
    #expect(machine.retries == 3)
  }

  @Test(arguments: [500, 503])
  func `500 and 503 are tried again once`(status: Int) {
    var machine = RetryMachine(limit: 5, isMaximumTier: false)
    let failure = AttemptFailure.status(status, retryAfter: nil)
    #expect(machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5) != .giveUp)
    #expect(machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5) == .giveUp)
  }

  @Test func `503 for the maximum tier means missing hardware and is final`() {
    var machine = RetryMachine(limit: 5, isMaximumTier: true)
    #expect(
      machine.attemptFailed(.status(503, retryAfter: nil), at: .zero, timeLeft: plenty, jitter: 0.5)
        == .giveUp)
    #expect(
      machine.attemptFailed(.status(502, retryAfter: nil), at: .zero, timeLeft: plenty, jitter: 0.5)
        != .giveUp)
  }

  @Test(arguments: [200, 301, 400, 401, 403, 404, 405, 408, 409, 413, 422, 501])
  func `other statuses are final`(status: Int) {
    var machine = RetryMachine(limit: 5, isMaximumTier: false)
    #expect(
      machine.attemptFailed(.status(status, retryAfter: nil), at: .zero, timeLeft: plenty, jitter: 0)
        == .giveUp)
    #expect(machine.retries == 0)
  }

  @Test func `what another attempt cannot mend is final`() {
    var machine = RetryMachine(limit: 5, isMaximumTier: false)
    #expect(machine.attemptFailed(.final, at: .zero, timeLeft: plenty, jitter: 0) == .giveUp)
  }

  @Test func `a limit of none means no retry`() {
    var machine = RetryMachine(limit: 0, isMaximumTier: false)
    #expect(machine.attemptFailed(.connection, at: .zero, timeLeft: plenty, jitter: 0) == .giveUp)
  }

  @Test func `the router's Retry-After is kept to the millisecond, without jitter`() {
    var machine = RetryMachine(limit: 1, isMaximumTier: false)
    let failure = AttemptFailure.status(429, retryAfter: .milliseconds(2_300))
    #expect(
      machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 1)
        == .retry(after: .milliseconds(2_300)))
  }

  @Test func `no patience at all is not taken at its word`() {
    var machine = RetryMachine(limit: 1, isMaximumTier: false)
    let failure = AttemptFailure.status(429, retryAfter: .zero)
    #expect(
      machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 0.5)
        == .retry(after: .milliseconds(500)))
  }

  @Test func `more patience than half a minute is the caller's to have`() {
    var machine = RetryMachine(limit: 1, isMaximumTier: false)
    let failure = AttemptFailure.status(503, retryAfter: .seconds(1800))
    #expect(machine.attemptFailed(failure, at: .zero, timeLeft: plenty, jitter: 1) == .giveUp)
  }

  @Test func `a wait that would pass the deadline is not begun`() {
    var machine = RetryMachine(limit: 1, isMaximumTier: false)
    #expect(
      machine.attemptFailed(.connection, at: .zero, timeLeft: .milliseconds(500), jitter: 0.5) == .giveUp)
    #expect(machine.retries == 0)
    #expect(
      machine.attemptFailed(.connection, at: .zero, timeLeft: .milliseconds(501), jitter: 0.5) != .giveUp)
  }

  @Test func `jitter spreads every chosen wait over 75 to 125 percent and never past ten seconds`() {
    for retries in 0..<10 {
      for jitter in [0, 0.25, 0.5, 0.75, 1] {
        var machine = RetryMachine(limit: 20, isMaximumTier: false)
        for _ in 0..<retries {
          _ = machine.attemptFailed(.connection, at: .zero, timeLeft: plenty, jitter: jitter)
        }
        guard
          case .retry(let wait) = machine.attemptFailed(
            .connection, at: .zero, timeLeft: plenty, jitter: jitter)
        else {
          Issue.record("expected a retry")
          continue
        }
        let middle = min(Duration.milliseconds(500) * (1 << retries), .seconds(8))
        #expect(wait == middle * (0.75 + 0.5 * jitter))
        #expect(wait <= .seconds(10))
      }
    }
  }

  @Test func `while nothing was sent it tries for ten seconds, whatever the limit, and counts nothing`() {
    var machine = RetryMachine(limit: 1, isMaximumTier: true)
    var now = Duration.seconds(3)
    var waits: [Duration] = []
    while case .retry(let wait) = machine.attemptFailed(.unsent, at: now, timeLeft: plenty, jitter: 0.5) {
      waits.append(wait)
      now += wait + .milliseconds(5)
    }
    #expect(
      waits.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(400)])
    #expect(waits.allSatisfy { $0 <= .milliseconds(400) })
    #expect(now >= .seconds(13) && now < .seconds(13.5))
    #expect(machine.retries == 0 && machine.hasTriedAgain)
  }

  @Test func `an attempt that was sent ends that time, and its own retries are all there`() {
    var machine = RetryMachine(limit: 1, isMaximumTier: false)
    func failed(_ failure: AttemptFailure, at now: Duration) -> RetryMachine.Decision {
      machine.attemptFailed(failure, at: now, timeLeft: plenty, jitter: 0.5)
    }
    #expect(failed(.unsent, at: .zero) == .retry(after: .milliseconds(100)))
    #expect(failed(.connection, at: .seconds(9)) == .retry(after: .milliseconds(500)))
    #expect(failed(.unsent, at: .seconds(11)) == .retry(after: .milliseconds(100)))
    #expect(failed(.unsent, at: .seconds(20.9)) == .retry(after: .milliseconds(200)))
    #expect(failed(.connection, at: .seconds(20.9)) == .giveUp)
    #expect(failed(.unsent, at: .seconds(21)) == .giveUp)
    #expect(machine.retries == 1)
  }

  @Test func `a limit of none means not even that`() {
    var machine = RetryMachine(limit: 0, isMaximumTier: false)
    #expect(machine.attemptFailed(.unsent, at: .zero, timeLeft: plenty, jitter: 0) == .giveUp)
    #expect(!machine.hasTriedAgain)
  }
}
