import Pacing
import Testing

@testable import Relay

/// What is learned of a router that refuses undocumented members, as a transcript.
@Suite struct MemberToleranceTests {
  private let subject = MemberTolerance.Subject(key: .configured, model: "m")

  @Test func `what helped is remembered for this key and model, and for an hour`() {
    var tolerance = MemberTolerance()
    #expect(!tolerance.isStrict(subject, at: .zero) && tolerance.mayTry(subject, at: .zero))
    let (isNew, isNewAgain) = (tolerance.helped(subject, at: .zero), tolerance.helped(subject, at: .zero))
    #expect(isNew && !isNewAgain)
    #expect(tolerance.isStrict(subject, at: .seconds(3599)))
    #expect(!tolerance.isStrict(.init(key: .keyless, model: "m"), at: .seconds(2)))
    #expect(!tolerance.isStrict(.init(key: .configured, model: "n"), at: .seconds(2)))
    #expect(!tolerance.isStrict(subject, at: .seconds(3600)))
  }

  @Test func `what did not help three times is not tried again for an hour`() {
    var tolerance = MemberTolerance()
    for count in 1...3 {
      #expect(tolerance.mayTry(subject, at: .seconds(count)))
      tolerance.didNotHelp(subject, at: .seconds(count))
    }
    #expect(!tolerance.mayTry(subject, at: .seconds(3602)))
    #expect(tolerance.mayTry(subject, at: .seconds(3603)))
  }

  @Test func `a request that is wrong for itself does not undo what was learned`() {
    var tolerance = MemberTolerance()
    _ = tolerance.helped(subject, at: .zero)
    for _ in 1...5 { tolerance.didNotHelp(subject, at: .seconds(1)) }
    #expect(tolerance.isStrict(subject, at: .seconds(2)))
  }

  @Test func `many subjects take bounded memory`() {
    var tolerance = MemberTolerance()
    for number in 0..<10_000 { _ = tolerance.helped(.init(key: .configured, model: "m\(number)"), at: .zero) }
    #expect(tolerance.isStrict(.init(key: .configured, model: "m9999"), at: .zero))
  }
}
