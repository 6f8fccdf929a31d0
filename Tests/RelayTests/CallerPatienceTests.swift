import HTTPTypes
import Testing

@testable import Relay

@Suite struct CallerPatienceTests {
  private let signs = Duration.seconds(200)
  private let configured = Duration.seconds(900)

  private func limit(_ fields: HTTPFields, isStream: Bool = false) -> Duration {
    CallerPatience(fields).limit(isStream: isStream, signsBeginAfter: signs, configured: configured)
  }

  @Test func `who says nothing has the configured time`() {
    #expect(limit([:]) == configured)
    #expect(limit([:], isStream: true) == configured)
  }

  @Test(arguments: [false, true])
  func `a deadline is one for everything, and never beyond the configured`(isStream: Bool) {
    #expect(limit([.requestTimeout: "2.5"], isStream: isStream) == .milliseconds(2500))
    #expect(limit([.requestTimeout: "0"], isStream: isStream) == .zero)
    #expect(limit([.requestTimeout: "901"], isStream: isStream) == configured)
  }

  @Test(arguments: [HTTPField.Name.stainlessTimeout, .stainlessReadTimeout])
  func `what an SDK sends along bounds a silent answer, and no stream`(name: HTTPField.Name) {
    // A second later than the SDK itself, whose own error is the one that its user knows.
    #expect(limit([name: "30"]) == .seconds(31))
    #expect(limit([name: "30.0"], isStream: true) == configured)
    // From 200 s on a whole answer is not silent any more.
    #expect(limit([name: "200"]) == .seconds(201))
    #expect(limit([name: "600"]) == configured)
    #expect(limit([name: "30", .requestTimeout: "20"]) == .seconds(20))
    #expect(limit([name: "30", .requestTimeout: "40"]) == .seconds(31))
  }

  @Test(arguments: ["", "-1", "soon", "1e3", "NaN", "inf", "1.2.3", ".", "86401", "5 s", "NOT_GIVEN"])
  func `what is no number of seconds was not said`(text: String) {
    #expect(limit([.requestTimeout: text]) == configured)
    #expect(limit([.stainlessTimeout: text]) == configured)
  }

  @Test func `a stream shows a sign of life in half the time that its caller bears silence`() {
    func pacing(_ fields: HTTPFields) -> [Duration] {
      let pacing = CallerPatience(fields).hurrying(
        ReplyPacing(commitAfter: .seconds(5), keepalive: .seconds(10)))
      return [pacing.commitAfter, pacing.keepalive]
    }
    #expect(pacing([:]) == [.seconds(5), .seconds(10)])
    #expect(pacing([.stainlessTimeout: "600"]) == [.seconds(5), .seconds(10)])
    #expect(pacing([.stainlessReadTimeout: "16"]) == [.seconds(5), .seconds(8)])
    #expect(pacing([.stainlessReadTimeout: "3"]) == [.milliseconds(1500), .milliseconds(1500)])
    #expect(pacing([.stainlessTimeout: "0.01"]) == [.milliseconds(100), .milliseconds(100)])
    #expect(pacing([.requestTimeout: "3"]) == [.seconds(5), .seconds(10)])
  }
}
