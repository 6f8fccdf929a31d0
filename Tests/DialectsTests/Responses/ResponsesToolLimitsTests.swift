import Testing

@testable import Dialects

@Suite(.timeLimit(.minutes(1))) struct ResponsesToolLimitsTests {
  private func sealed(_ tools: String, _ choice: String = #""auto""#) throws -> ParsedObject {
    try ResponsesText.sealed(#""input":"x","tools":[\#(tools)],"tool_choice":\#(choice)"#)
  }

  private static let long = String(repeating: "n", count: 128)

  @Test(arguments: [
    (#"{"type":"function","name":"\#(long)x"}"#, "tools[0].name"),
    (#"{"type":"custom","name":"\#(long)x"}"#, "tools[0].name"),
    (
      #"{"type":"namespace","name":"\#(long)x","tools":[{"type":"function","name":"a"}]}"#, "tools[0].name"
    ),
    (
      #"{"type":"namespace","name":"n","tools":[{"type":"function","name":"\#(long)x"}]}"#,
      "tools[0].tools[0].name"
    ),
    // Two that are short enough, and make a name for the model that is not.
    (
      #"{"type":"namespace","name":"\#(long)","tools":[{"type":"function","name":"\#(long)"}]}"#,
      "tools[0].tools[0].name"
    ),
  ])
  func `a name that is too long is refused by its place`(tools: String, place: String) {
    let fault = #expect(throws: APIFault.self) { try sealed(tools) }
    #expect(fault?.status == 400)
    #expect(fault?.parameter == place)
  }

  @Test func `the longest names are taken`() throws {
    let short = String(repeating: "s", count: 126)
    let sealed = try sealed(
      #"{"type":"function","name":"\#(Self.long)"},{"type":"namespace","name":"\#(Self.long)","tools":["#
        + #"{"type":"function","name":"\#(short)"}]}"#)
    let names = sealed.list("tools").map { $0.object("function").text("name") }
    #expect(names == [Self.long, "\(Self.long)__\(short)"])
  }

  /// A request that allows one namespace as often as a list may have elements, among as many tools.
  ///
  /// Letters that are not ASCII, because names of these take longest to compare.
  private func allowingAgain(_ namespace: String) throws -> ParsedObject {
    let count = ResponsesTools.limit
    let pad = String(repeating: "\u{E9}", count: 60)
    let inner = (0..<count).map { #"{"type":"function","name":"\#(pad)\#($0)"}"# }.joined(separator: ",")
    let again = Array(repeating: #"{"type":"namespace","name":"\#(namespace)"}"#, count: count)
      .joined(separator: ",")
    return try sealed(
      #"{"type":"namespace","name":"\#(namespace)","tools":[\#(inner)]}"#,
      #"{"type":"allowed_tools","mode":"auto","tools":[\#(again)]}"#)
  }

  @Test func `a namespace that is allowed again and again is looked up once`() throws {
    let sealed = try allowingAgain(String(repeating: "\u{E9}", count: 64))
    #expect(sealed.list("tools").count == ResponsesTools.limit)
  }

  @Test func `a long namespace that is allowed again and again is refused at once`() {
    let fault = #expect(throws: APIFault.self) {
      try allowingAgain(String(repeating: "\u{E9}", count: 2000))
    }
    #expect(fault?.parameter == "tools[0].name")
  }

  @Test func `tools that are allowed by their bare names are looked up once each`() throws {
    let count = ResponsesTools.limit
    let pad = String(repeating: "p", count: 100)
    let inner = (0..<count).map { #"{"type":"custom","name":"\#(pad)\#($0)"}"# }.joined(separator: ",")
    let allowed = (0..<count).map { #"{"type":"custom","name":"\#(pad)\#(count - 1 - $0)"}"# }
      .joined(separator: ",")
    let sealed = try sealed(
      #"{"type":"namespace","name":"n","tools":[\#(inner)]}"#,
      #"{"type":"allowed_tools","mode":"auto","tools":[\#(allowed)]}"#)
    #expect(sealed.list("tools").count == count)
  }

  @Test func `a bare name that two namespaces have cannot be chosen, nor an empty namespace`() throws {
    let two = ["a", "b"].map {
      #"{"type":"namespace","name":"\#($0)","tools":[{"type":"function","name":"go"},{"type":"custom","name":"run\#($0)"}]}"#
    }.joined(separator: ",")
    for choice in [
      #"{"type":"function","name":"go"}"#, #"{"type":"custom","name":"go"}"#,
      #"{"type":"function","name":"runa"}"#,
    ] {
      #expect(throws: APIFault.self) { try sealed(two, choice) }
    }
    #expect(
      try sealed(two, #"{"type":"custom","name":"runb"}"#).object("tool_choice").object("function").text(
        "name")
        == "b__runb")
    let allowed = #"{"type":"allowed_tools","mode":"auto","tools":[{"type":"namespace","name":"zzz"}]}"#
    let fault = #expect(throws: APIFault.self) { try sealed(two, allowed) }
    #expect(fault?.parameter == "tool_choice.tools[0].name")
  }
}
