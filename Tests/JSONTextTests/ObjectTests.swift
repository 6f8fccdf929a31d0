import Testing

@testable import JSONText

@Suite("Objects")
struct ObjectTests {
  @Test("members come in order, with names decoded and ranges of the text")
  func readsMembers() throws {
    let document = try document("  { \"b\" : 1,\"\\u0061\\n\":[2]\n, \"\" :{\"c\":3} } ")
    let object = try #require(try document.root.object())
    #expect(object.members.map(\.name) == ["b", "a\n", ""])
    #expect(object.members.map { text(document.bytes[$0.nameRange]) } == ["\"b\"", "\"\\u0061\\n\"", "\"\""])
    #expect(object.members.map { text($0.value.text) } == ["1", "[2]", "{\"c\":3}"])
    #expect(object["b"]?.integer == 1)
    #expect(object["a\n"]?.elements?.first?.integer == 2)
    #expect(try object[""]?.object()?["c"]?.integer == 3)
    #expect(object["c"] == nil)
  }

  @Test("an inner object reads as the same text would at the root", arguments: AcceptedTexts.objects)
  func readsInnerObjects(_ item: TextCase) throws {
    let root = try #require(try JSONDocument(parsing: item.bytes).root.object())
    let wrapped = try JSONDocument(parsing: Array("[0, ".utf8) + item.bytes + Array("]".utf8))
    let inner = try #require(try wrapped.root.elements?[1].object())
    #expect(inner.members.map(\.name) == root.members.map(\.name))
    #expect(inner.members.map { $0.value.text } == root.members.map { $0.value.text })
    #expect(inner.members.map { $0.nameRange } == root.members.map { $0.nameRange.shifted(by: 4) })
  }

  @Test(
    "a duplicate is found by its decoded name, at its second place",
    arguments: [
      (#"{"a":1,"a":2}"#, "a", 7), (#"{"a":1,"b":2,"\u0061":3}"#, "a", 13), (#"{"":1, "":1}"#, "", 7),
      (#"{"é":1,"\u00E9":1}"#, "é", 8), (#"{"\/":1,"/":1}"#, "/", 8),
      (#"{"😀":1,"\ud83d\ude00":1}"#, "😀", 10), (#"{"\ud800":1,"\udbff":2}"#, "\u{FFFD}", 12),
    ])
  func findsDuplicates(written: String, name: String, offset: Int) throws {
    let root = try document(written).root
    let expected = JSONSyntaxError(.duplicateMember(name), at: offset)
    #expect(throws: expected) { try root.object() }
    let inner = try #require(try document("[\(written)]").root.elements?.first)
    #expect(throws: JSONSyntaxError(.duplicateMember(name), at: offset + 1)) { try inner.object() }
  }

  @Test("an object answers for its own names, not for those inside it")
  func leavesInnerDuplicatesAlone() throws {
    let object = try #require(try document(#"{"a":{"a":1,"a":2},"b":[{"a":1}]}"#).root.object())
    #expect(object.members.count == 2)
    #expect(throws: JSONSyntaxError(.duplicateMember("a"), at: 12)) { try object["a"]?.object() }
  }

  @Test("names are compared scalar by scalar, not by what looks the same")
  func tellsCanonicalEquivalentsApart() throws {
    let object = try #require(try document(#"{"\u00e9":1,"e\u0301":2,"E":3,"e":4}"#).root.object())
    #expect(object.members.count == 4)
    #expect(object["\u{E9}"]?.integer == 1)
    #expect(object["e\u{301}"]?.integer == 2)
  }

  @Test(
    "finding members and duplicates works the same below and above the size for a table", arguments: 1...40)
  func scales(count: Int) throws {
    let names = (0..<count).map { "name \($0)" }
    let members = names.map { "\"\($0)\":\($0.count)" }
    let object = try #require(try document("{" + members.joined(separator: ",") + "}").root.object())
    for name in names { #expect(object[name]?.integer == name.count) }
    #expect(object["name \(count)"] == nil)
    for again in [0, count / 2, count - 1] {
      let doubled = try document("{" + (members + [members[again]]).joined(separator: ",") + "}")
      let offset = members.joined(separator: ",").utf8.count + 2
      #expect(throws: JSONSyntaxError(.duplicateMember(names[again]), at: offset)) {
        try doubled.root.object()
      }
    }
  }

  @Test("more members than the validator notes are found all the same", arguments: [511, 512, 513, 600])
  func readsManyMembers(count: Int) throws {
    let members = (0..<count).map { "\"\($0)\" : [\($0), {\"x\":\"}\"}]" }
    let object = try #require(try document(" {" + members.joined(separator: " , ") + " }").root.object())
    #expect(object.members.map(\.name) == (0..<count).map(String.init))
    #expect(object.members.map { $0.value.elements?.first?.integer } == (0..<count).map(Optional.some))
  }

  @Test("three hundred thousand members take no quadratic time", .timeLimit(.minutes(1)))
  func readsHugeObjects() throws {
    let count = 300_000
    var bytes = Array("{".utf8)
    for index in 0..<count { bytes += Array("\"\(index)\":0,".utf8) }
    let distinct = try JSONDocument(parsing: bytes + Array("\"z\":1}".utf8))
    let object = try #require(try distinct.root.object())
    for index in 0..<count { #expect(object["\(index)"] != nil) }
    let doubled = try JSONDocument(parsing: bytes + Array("\"0\":1}".utf8))
    #expect(throws: JSONSyntaxError(.duplicateMember("0"), at: bytes.count)) { try doubled.root.object() }
  }

  @Test(
    "names that can be written in several ways are found in a large object as in a small one",
    arguments: [2, 40])
  func findsEscapedNames(count: Int) throws {
    let plain = (0..<count).map { "\"\($0)\":0" }
    let spelt = #""\u00e9":1,"a\/b":2,"\ud83d\ude00":3,"c":4"#
    let text = "{" + (plain + [spelt]).joined(separator: ",")
    let object = try #require(try document(text + "}").root.object())
    #expect(object["é"]?.integer == 1 && object["a/b"]?.integer == 2 && object["😀"]?.integer == 3)
    #expect(object["a\\/b"] == nil && object["e\u{301}"] == nil)
    for again in [#""é""#, #""a/b""#, #""😀""#, #""\u0063""#] {
      #expect(throws: JSONSyntaxError.self) { try document(text + ",\(again):5}").root.object() }
    }
  }

  @Test("a member costs its place in the text and not more")
  func holdsPlacesOnly() throws {
    #expect(MemoryLayout<MemberRanges>.stride == 16)
    let object = try #require(try document(#"{"a":1,"b":2}"#).root.object())
    #expect(object.members.count == 2 && object.members.last?.name == "b" && JSONMembers.none.isEmpty)
  }

  @Test("a duplicated name is shortened and escaped in the error's description")
  func describesDuplicates() throws {
    let name = "\\u001b[31m\\n" + String(repeating: "é", count: 100)
    let error = #expect(throws: JSONSyntaxError.self) {
      try document("{\"\(name)\":1,\"\(name)\":2}").root.object()
    }
    let description = error?.description ?? ""
    #expect(description.hasPrefix(#"not valid JSON: a second member "\u{1B}[31m\n\u{00E9}"#))
    #expect(description.utf8.allSatisfy { 0x20..<0x7F ~= $0 })
    #expect(description.hasSuffix(#"..." at byte 218"#))
  }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Range { lowerBound + distance..<upperBound + distance }
}
