import JSONText
import Testing

@Suite("Writing")
struct WriterTests {
  @Test("commas are placed between members and elements, and nowhere else")
  func placesCommas() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("empty")
    writer.beginArray()
    writer.endArray()
    writer.name("list")
    writer.beginArray()
    writer.integer(-1)
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.null()
    writer.bool(true)
    writer.endArray()
    writer.string("s")
    writer.endArray()
    writer.member("text", "x")
    writer.member("number", 7)
    writer.member("flag", false)
    writer.endObject()
    #expect(
      text(writer.bytes)
        == #"{"empty":[],"list":[-1,{},[null,true],"s"],"text":"x","number":7,"flag":false}"#)
  }

  @Test("a scalar alone is a text too")
  func writesScalars() {
    func written(_ body: (inout JSONWriter) -> Void) -> String {
      var writer = JSONWriter(reservingCapacity: 0)
      body(&writer)
      return text(writer.bytes)
    }
    #expect(written { $0.null() } == "null")
    #expect(written { $0.bool(false) } == "false")
    #expect(written { $0.integer(.min) } == "-9223372036854775808")
    #expect(written { $0.string("") } == "\"\"")
    #expect(written { $0.raw("1.50".utf8) } == "1.50")
    #expect(written { $0.number(0.1) } == "0.1")
    #expect(written { $0.number(.infinity) } == "null")
    #expect(written { $0.number(.nan) } == "null")
  }

  @Test("every control, quote, backslash and line separator is escaped, nothing else")
  func escapesStrings() throws {
    for value in UInt32(0)..<0x3000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      // At the places of a word of eight bytes, so that each lane is met.
      let string = String(repeating: "a", count: Int(value % 9)) + String(scalar) + "b"
      var writer = JSONWriter()
      writer.string(string)
      let isEscaped = value < 0x20 || [0x22, 0x5C, 0x85, 0x2028, 0x2029].contains(value)
      #expect(writer.bytes.contains(UInt8(ascii: "\\")) == isEscaped, "U+\(String(value, radix: 16))")
      #expect(try JSONDocument(parsing: writer.bytes).root.string == string)
    }
  }

  @Test(
    "escapes are the short ones where JSON has them",
    arguments: [
      ("\"\\/", #""\"\\/""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
      ("\u{0}\u{B}\u{1F}", #""\u0000\u000b\u001f""#),
      ("\u{85}\u{2028}\u{2029}", #""\u0085\u2028\u2029""#), ("\u{7F}é😀", "\"\u{7F}é😀\""),
    ])
  func spellsEscapes(value: String, written: String) {
    var writer = JSONWriter()
    writer.string(value)
    #expect(text(writer.bytes) == written)
  }

  @Test("names are escaped like strings")
  func escapesNames() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("a\"\n", 1)
    writer.endObject()
    #expect(text(writer.bytes) == #"{"a\"\n":1}"#)
  }

  @Test("doubles read back the same", arguments: 0..<200)
  func writesDoubles(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let edges = [0, -0.0, 1, -1, 1e16, 1e-7, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi]
    for value in edges + [Double(bitPattern: generator.next())] where value.isFinite {
      var writer = JSONWriter()
      writer.number(value)
      let read = try JSONDocument(parsing: writer.bytes).root.number
      #expect(read?.bitPattern == value.bitPattern)
    }
  }

  @Test("content that is escaped already is quoted, with only line separators changed")
  func writesContent() {
    var writer = JSONWriter()
    writer.beginArray()
    writer.stringContent(Array(#"a\"\u0041\/é"#.utf8))
    writer.stringContent("x\u{2028}\u{85}y\u{2029}\u{2027}".utf8)
    writer.stringContent(EmptyCollection())
    // A collection without one piece of storage.
    writer.stringContent(Array("cba".utf8).reversed())
    writer.endArray()
    #expect(text(writer.bytes) == #"["a\"\u0041\/é","x\u2028\u0085y\u2029"# + "\u{2027}\",\"\",\"abc\"]")
  }

  @Test("raw text and values of documents are placed like other values")
  func placesRawText() throws {
    let value = try document("[ 1.0 ,\n\"\u{2028}\" ]").root
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("raw")
    writer.raw(value.text)
    writer.member("value", value)
    writer.name("list")
    writer.beginArray()
    writer.raw(Array("{}".utf8).reversed().reversed())
    writer.value(value)
    writer.endArray()
    writer.endObject()
    #expect(
      text(writer.bytes)
        == "{\"raw\":[ 1.0 ,\n\"\u{2028}\" ],\"value\":[1.0,\"\\u2028\"],\"list\":[{},[1.0,\"\\u2028\"]]}")
  }

  /// Writes a value anew from what can be read of it.
  static func rewrite(_ value: JSONValue, to writer: inout JSONWriter) throws {
    switch value.kind {
    case .object:
      writer.beginObject()
      for member in try value.object()?.members ?? .none {
        writer.name(member.name)
        try rewrite(member.value, to: &writer)
      }
      writer.endObject()
    case .array:
      writer.beginArray()
      for element in value.elements ?? [] { try rewrite(element, to: &writer) }
      writer.endArray()
    case .string: writer.string(value.string ?? "")
    case .number:
      if let integer = value.integer { writer.integer(integer) } else { writer.number(value.number ?? .nan) }
    case .bool: writer.bool(value.bool ?? false)
    case .null: writer.null()
    }
  }

  @Test("what is read and written anew reads the same, and is written the same again", arguments: 0..<100)
  func roundTrips(seed: UInt64) throws {
    var random = RandomJSON(seed: seed)
    let first = try document(random.text())
    var once = JSONWriter()
    try Self.rewrite(first.root, to: &once)
    let second = try JSONDocument(parsing: once.bytes)
    var twice = JSONWriter()
    try Self.rewrite(second.root, to: &twice)
    #expect(text(once.bytes) == text(twice.bytes))
    #expect(try Reading(first.root) == Reading(second.root))
  }
}

/// A value as a tree of what its readers say, to compare by.
indirect enum Reading: Equatable {
  case object([String: Reading])
  case array([Reading])
  case string([UInt8]?)
  case number(Double?)
  case bool(Bool?)
  case null

  init(_ value: JSONValue) throws {
    switch value.kind {
    case .object:
      let members = try value.object()?.members ?? .none
      self = .object(Dictionary(uniqueKeysWithValues: try members.map { ($0.name, try Reading($0.value)) }))
    case .array: self = .array(try value.elements?.map(Reading.init) ?? [])
    case .string: self = .string(value.string.map { Array($0.utf8) })
    case .number: self = .number(value.number)
    case .bool: self = .bool(value.bool)
    case .null: self = .null
    }
  }
}
