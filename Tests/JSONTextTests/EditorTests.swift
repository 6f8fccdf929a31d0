import JSONText
import Testing

@Suite("Editing members")
struct EditorTests {
  /// Objects in different layouts, with values that hold what an editor could stumble over.
  static let layouts = [
    #"{"a":1,"b":"x,}","c":[1,2],"d":{"a":0},"e":null}"#,
    #"{ "a" : 1 , "b" : "x,}" , "c" : [ 1, 2 ] , "d" : { "a" : 0 } , "e" : null }"#,
    "\n{\n  \"a\": 1,\n  \"b\": \"x,}\",\n  \"c\": [1, 2],\n  \"d\": {\"a\": 0},\n  \"e\": null\n}\n",
    "\t{\"a\"\r\n:1\r\n,\t\"\\u0062\":\"x,}\",\"c\":[1,2] ,\"d\" :{\"a\":0}\t, \"e\":null\r\n} ",
  ]
  static let names = ["a", "b", "c", "d", "e"]

  func editor(_ text: String) throws -> (JSONDocument, JSONObject, JSONEditor) {
    let document = try document(text)
    let object = try #require(try document.root.object())
    return (document, object, JSONEditor(document, object: object))
  }

  @Test("every subset of removals leaves a legal text and the others' bytes", arguments: layouts)
  func removesSubsets(layout: String) throws {
    let (document, object, untouched) = try editor(layout)
    let range = document.root.range
    for subset in 0..<1 << Self.names.count {
      var editor = untouched
      let gone = Self.names.indices.filter { subset >> $0 & 1 == 1 }
      for index in gone.shuffled() { editor.remove(Self.names[index]) }
      let bytes = editor.edited()
      let result = try JSONDocument(parsing: bytes)
      let kept = object.members.indices.filter { !gone.contains($0) }.map { object.members[$0] }
      let left = try #require(try result.root.object()).members
      #expect(left.map(\.name) == kept.map(\.name))
      for (member, before) in zip(left, kept) {
        // From the name to the end of the value, so the white space around the colon counts too.
        #expect(
          bytes[member.nameRange.lowerBound..<member.value.range.upperBound]
            == document.bytes[before.nameRange.lowerBound..<before.value.range.upperBound])
      }
      #expect(bytes.starts(with: document.bytes[...range.lowerBound]))
      #expect(Array(bytes[result.root.range.upperBound...]) == Array(document.bytes[range.upperBound...]))
      #expect(editor.isEmpty == gone.isEmpty)
      if gone.isEmpty { #expect(bytes == document.bytes) }
    }
  }

  @Test("a member that goes takes its line along")
  func removesLines() throws {
    var (_, _, editor) = try editor("{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n")
    editor.remove("b")
    #expect(text(editor.edited()) == "{\n  \"a\": 1,\n  \"c\": 3\n}\n")
    editor.remove("a")
    #expect(text(editor.edited()) == "{\n  \"c\": 3\n}\n")
    editor.remove("c")
    #expect(text(editor.edited()) == "{\n  \n}\n")
  }

  @Test("replacing touches the value alone", arguments: layouts)
  func replaces(layout: String) throws {
    for name in Self.names {
      for value in ["0", "\"much longer than it was\"", "[]"] {
        var (document, object, editor) = try editor(layout)
        editor.replace(name, with: Array(value.utf8))
        let range = try #require(object[name]).range
        let expected =
          document.bytes[..<range.lowerBound] + Array(value.utf8) + document.bytes[range.upperBound...]
        #expect(editor.edited() == Array(expected))
      }
    }
  }

  @Test("renaming touches the name alone, and escapes the new one", arguments: layouts)
  func renames(layout: String) throws {
    for member in try #require(try document(layout).root.object()).members {
      var (document, _, editor) = try editor(layout)
      editor.rename(member.name, to: "n\"\u{2028}")
      let expected =
        document.bytes[..<member.nameRange.lowerBound] + Array(#""n\"\u2028""#.utf8)
        + document.bytes[member.nameRange.upperBound...]
      #expect(editor.edited() == Array(expected))
    }
  }

  @Test(
    "appending puts members after the last one, in order",
    arguments: [
      ("{}", #"{"x":1,"y\n":[2]}"#), ("{ }", #"{"x":1,"y\n":[2] }"#),
      (#"{"a":0}"#, #"{"a":0,"x":1,"y\n":[2]}"#), ("{\"a\":0\n}\n", "{\"a\":0,\"x\":1,\"y\\n\":[2]\n}\n"),
    ])
  func appends(before: String, after: String) throws {
    var (_, _, editor) = try editor(before)
    editor.append("x", Array("1".utf8))
    editor.append("y\n", Array("[2]".utf8))
    #expect(text(editor.edited()) == after)
  }

  @Test("appending to an object that loses all its members")
  func appendsAfterRemovals() throws {
    var (_, _, editor) = try editor(#"{ "a":1, "b":2 }"#)
    editor.remove("a")
    editor.remove("b")
    editor.append("c", "3".utf8)
    #expect(text(editor.edited()) == #"{ "c":3 }"#)
  }

  @Test("calls act on what the calls before left")
  func actsInOrder() throws {
    var (_, _, editor) = try editor(#"{"a":1,"b":2}"#)
    editor.rename("a", to: "c")
    editor.replace("a", with: "7".utf8)
    #expect(text(editor.edited()) == #"{"c":1,"b":2}"#)
    editor.replace("c", with: "8".utf8)
    editor.append("a", "9".utf8)
    #expect(text(editor.edited()) == #"{"c":8,"b":2,"a":9}"#)
    editor.remove("c")
    editor.rename("a", to: "z")
    #expect(text(editor.edited()) == #"{"b":2,"z":9}"#)
    editor.append("c", "0".utf8)
    editor.remove("z")
    #expect(text(editor.edited()) == #"{"b":2,"c":0}"#)
  }

  @Test("no call makes two members of one name")
  func keepsNamesApart() throws {
    var (_, _, editor) = try editor(#"{"a":1,"b":2}"#)
    editor.rename("a", to: "b")
    #expect(editor.isEmpty)
    editor.append("b", "3".utf8)
    #expect(text(editor.edited()) == #"{"a":1,"b":3}"#)
    editor.append("c", "4".utf8)
    editor.append("c", "5".utf8)
    editor.rename("c", to: "a")
    #expect(text(editor.edited()) == #"{"a":1,"b":3,"c":5}"#)
  }

  @Test("names that the object does not have change nothing")
  func ignoresUnknownNames() throws {
    var (document, _, editor) = try editor(Self.layouts[2])
    editor.remove("x")
    editor.replace("x", with: "1".utf8)
    editor.rename("x", to: "y")
    #expect(editor.isEmpty)
    editor.append("new", "1".utf8)
    #expect(!editor.isEmpty)
    editor.remove("new")
    #expect(editor.isEmpty)
    #expect(editor.edited() == document.bytes)
  }

  @Test("an inner object can be edited as well")
  func editsInnerObjects() throws {
    let document = try document(#"{"a":{"x":1,"y":2},"b":[{}]}"#)
    let root = try #require(try document.root.object())
    var editor = JSONEditor(document, object: try #require(try root["a"]?.object()))
    editor.remove("x")
    editor.append("z", "3".utf8)
    #expect(text(editor.edited()) == #"{"a":{"y":2,"z":3},"b":[{}]}"#)
    editor = JSONEditor(document, object: try #require(try root["b"]?.elements?.first?.object()))
    editor.append("z", "3".utf8)
    #expect(text(editor.edited()) == #"{"a":{"x":1,"y":2},"b":[{"z":3}]}"#)
  }

  @Test("random edits give what a list of members would", arguments: 0..<200)
  func followsModel(seed: UInt64) throws {
    var random = RandomJSON(seed: seed, isWild: true)
    let (document, object, start) = try editor(random.space() + random.object(depth: 3) + random.space())
    var editor = start
    var model = object.members.map { (name: $0.name, value: Array($0.value.text)) }
    func place(_ name: String) -> Int? { model.firstIndex { $0.name.utf8.elementsEqual(name.utf8) } }
    for _ in 0..<Int.random(in: 1..<12, using: &random.generator) {
      let known = model.map(\.name) + ["x", "y", "\u{E9}", "e\u{301}"]
      let name = random.pick(known)
      let value = Array(random.value(depth: 1).utf8)
      switch Int.random(in: 0..<4, using: &random.generator) {
      case 0:
        editor.remove(name)
        if let index = place(name) { model.remove(at: index) }
      case 1:
        editor.replace(name, with: value)
        if let index = place(name) { model[index].value = value }
      case 2:
        let newName = random.pick(known)
        editor.rename(name, to: newName)
        if let index = place(name), place(newName) == nil {
          model[index].name = newName
        }
      default:
        editor.append(name, value)
        if let index = place(name) { model[index].value = value } else { model.append((name, value)) }
      }
    }
    let result = try #require(try JSONDocument(parsing: editor.edited()).root.object())
    #expect(result.members.map { Array($0.name.utf8) } == model.map { Array($0.name.utf8) })
    #expect(result.members.map { Array($0.value.text) } == model.map(\.value))
    #expect(start.edited() == document.bytes)
  }

  @Test("removing a hundred thousand members takes no quadratic time", .timeLimit(.minutes(1)))
  func removesManyMembers() throws {
    let members = (0..<100_000).map { "\"\($0)\":null" }
    var (_, object, editor) = try editor("{" + members.joined(separator: ",") + ",\"kept\":1}")
    for member in object.members where member.value.isNull { editor.remove(member.name) }
    #expect(text(editor.edited()) == #"{"kept":1}"#)
  }
}
