import Testing

@testable import DevRouter

@Suite struct FaultPlanTests {
  @Test(arguments: [
    ("status-500", Fault.status(500)), ("status-200", .status(200)), ("status-599", .status(599)),
    ("plain", .plain), ("html", .html), ("bad-tag", .badTag), ("wrong-key", .wrongKey),
    ("wrong-version", .wrongVersion), ("truncate", .truncate), ("drop", .drop), ("delay-0", .delay(0)),
    ("delay-1500", .delay(1500)), ("wrong-payload-id", .wrongPayloadID),
  ])
  func `every mode has its name`(mode: String, fault: Fault) {
    #expect(Fault(mode: mode) == fault)
    let kind = mode.prefix { !$0.isNumber }
    #expect(Fault.modes.contains(kind))
  }

  @Test(arguments: [
    "", "status-", "status-199", "status-600", "status-abc", "delay-", "delay--1", "delay-3600001", "Plain",
    "bad_tag", "none",
  ])
  func `what is no mode is none`(mode: String) {
    #expect(Fault(mode: mode) == nil)
  }

  private func planned(_ body: String) -> FaultPlan? {
    var plan = FaultPlan()
    return plan.replace(from: Array(body.utf8)) ? plan : nil
  }

  @Test func `a plan meets the next so many requests and no more`() throws {
    var plan = try #require(planned(#"{"mode":"bad-tag","count":2}"#))
    #expect((1...4).map { _ in plan.next() } == [.badTag, .badTag, nil, nil])
  }

  @Test func `without a count it meets one`() throws {
    var plan = try #require(planned(#"{"mode":"drop"}"#))
    #expect((1...2).map { _ in plan.next() } == [.drop, nil])
  }

  @Test(arguments: [0, -1])
  func `a plan for no request meets none`(count: Int) throws {
    var plan = try #require(planned(#"{"mode":"drop","count":\#(count)}"#))
    #expect(plan.next() == nil)
  }

  @Test func `none ends a plan`() throws {
    var plan = try #require(planned(#"{"mode":"html","count":5}"#))
    #expect(plan.next() == .html)
    let isKnown = plan.replace(from: Array(#"{"mode":"none"}"#.utf8))
    #expect(isKnown)
    #expect(plan.next() == nil)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"mode":7}"#, #"{"mode":"unknown"}"#, #"{"mode":"html","mode":"drop"}"#,
  ])
  func `what is no plan changes nothing`(body: String) throws {
    var plan = try #require(planned(#"{"mode":"html","count":2}"#))
    let isKnown = plan.replace(from: Array(body.utf8))
    #expect(!isKnown)
    #expect(plan.next() == .html)
  }
}
