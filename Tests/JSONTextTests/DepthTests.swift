import JSONText
import Testing

@Suite("Depth")
struct DepthTests {
  static func nested(_ opening: String, _ closing: String, _ depth: Int) -> [UInt8] {
    Array((String(repeating: opening, count: depth) + "0" + String(repeating: closing, count: depth)).utf8)
  }

  @Test(
    "the limit is how many containers may be inside each other", arguments: [0, 1, 2, 63, 64, 65, 128, 200])
  func holdsLimit(limit: Int) {
    #expect(refusal(Self.nested("[", "]", limit), depthLimit: limit) == nil)
    #expect(refusal(Self.nested(#"{"":"#, "}", limit), depthLimit: limit) == nil)
    #expect(
      refusal(Self.nested("[", "]", limit + 1), depthLimit: limit)
        == JSONSyntaxError(.tooDeep(limit: limit), at: limit))
    #expect(
      refusal(Self.nested(#"{"":"#, "}", limit + 1), depthLimit: limit)
        == JSONSyntaxError(.tooDeep(limit: limit), at: limit * 4))
  }

  @Test("the limit counts empty containers too, and is 128 unless said otherwise")
  func countsEmptyContainers() {
    #expect(refusal(Array("[[]]".utf8), depthLimit: 1) == JSONSyntaxError(.tooDeep(limit: 1), at: 1))
    #expect(refusal(Array("[{}]".utf8), depthLimit: 1) == JSONSyntaxError(.tooDeep(limit: 1), at: 1))
    #expect(refusal(Self.nested("[", "]", 129)) == JSONSyntaxError(.tooDeep(limit: 128), at: 128))
  }

  @Test("containers beside each other do not add up")
  func countsOnlyOpenContainers() {
    let many = "[" + String(repeating: "[[]],", count: 1000) + "0]"
    #expect(refusal(Array(many.utf8), depthLimit: 3) == nil)
  }

  @Test(
    "a hundred thousand open brackets are refused at the limit",
    arguments: ["[", #"{"":"#, #"[{"":"#, "[ ", "[\n["])
  func refusesOpenBrackets(opening: String) {
    let bytes = Array(String(repeating: opening, count: 100_000).utf8)
    guard case .tooDeep(limit: 128)? = refusal(bytes)?.reason else {
      Issue.record("not refused for its depth")
      return
    }
  }

  @Test("a hundred thousand levels can be allowed, and are walked without a deep stack")
  func walksDeepDocuments() throws {
    let depth = 100_000
    for (opening, closing, childStart) in [("[", "]", 1), (#"{"":"#, "}", 4), (#"[{"a":"#, "}]", 1)] {
      let bytes = Self.nested(opening, closing, depth)
      let document = try JSONDocument(parsing: bytes, depthLimit: 2 * depth)
      #expect(document.root.range == 0..<bytes.count)
      let child = try document.root.object()?.members.first?.value ?? document.root.elements?.first
      #expect(child?.range == childStart..<bytes.count - 1)
      var line: [UInt8] = []
      document.root.appendSingleLine(to: &line)
      #expect(line == bytes)
      #expect(refusal(Array(bytes.dropLast()), depthLimit: 2 * depth)?.reason == .unexpectedEnd)
    }
  }

  @Test(
    "each level is closed by its own kind of bracket, over the edges of the bit words", arguments: 60...70)
  func matchesBrackets(depth: Int) {
    // Objects and arrays in an irregular pattern, so that a wrong bit shows.
    let kinds = (0..<depth).map { $0 % 3 == 0 || $0 % 7 == 2 }
    let opening = kinds.map { $0 ? #"{"":"# : "[" }.joined()
    let closing = kinds.reversed().map { $0 ? "}" : "]" }
    #expect(refusal(Array((opening + "0" + closing.joined()).utf8)) == nil)
    for level in closing.indices {
      var crossed = closing
      crossed[level] = closing[level] == "}" ? "]" : "}"
      let offset = opening.utf8.count + 1 + level
      #expect(
        refusal(Array((opening + "0" + crossed.joined()).utf8))
          == JSONSyntaxError(.unexpectedByte, at: offset))
    }
  }
}
