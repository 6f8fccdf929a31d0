import Foundation
import JSONText
import Testing

/// Another reader's opinion.
///
/// The two differ by right in five ways, each of which is looked for in the text before a difference is excused:
/// - Foundation refuses lone surrogate escapes; RFC 8259 section 8.2 has them in the grammar.
/// - Foundation refuses numbers beyond all doubles; RFC 8259 section 6 sets no limit to a spelling.
/// - Foundation allows a comma after the last element or member; the grammar does not.
/// - Foundation reads UTF-16 and UTF-32 and skips byte order marks; RFC 8259 section 8.1 allows UTF-8 alone.
/// - Foundation rounds through decimals, so its doubles may be some units in the last place off.
@Suite("Against Foundation's JSONSerialization")
struct FoundationTests {
  static func foundation(_ bytes: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
  }

  @Test("generated documents are accepted by both and mean the same", arguments: 0..<300)
  func agreesOnValues(seed: UInt64) throws {
    var random = RandomJSON(seed: seed)
    let bytes = Array(random.text().utf8)
    let document = try JSONDocument(parsing: bytes)
    let other = try #require(Self.foundation(bytes))
    try expectSame(document.root, other)
  }

  private func expectSame(_ value: JSONValue, _ other: Any) throws {
    switch value.kind {
    case .object:
      let members = try #require(try value.object()).members
      let others = try #require(other as? [String: Any])
      #expect(members.count == others.count)
      for member in members { try expectSame(member.value, try #require(others[member.name])) }
    case .array:
      let others = try #require(other as? [Any])
      let elements = try #require(value.elements)
      #expect(elements.count == others.count)
      for (element, other) in zip(elements, others) { try expectSame(element, other) }
    case .string: #expect(value.string.map { Array($0.utf8) } == (other as? String).map { Array($0.utf8) })
    case .number:
      let number = try #require(value.number)
      #expect(number == strtod(text(value.text), nil))
      let theirs = try #require((other as? NSNumber)?.doubleValue)
      #expect(abs(number - theirs) <= abs(number) * 1e-14)
    case .bool: #expect(value.bool == (other as? NSNumber)?.boolValue)
    case .null: #expect(other is NSNull)
    }
  }

  @Test("mutated documents are accepted or refused by both", arguments: 0..<400)
  func agreesOnMutations(seed: UInt64) throws {
    var random = RandomJSON(seed: seed, isWild: seed % 4 == 0)
    let original = Array(random.text(depth: 3).utf8)
    for _ in 0..<25 { try expectSameJudgement(mutated(original, with: &random.generator)) }
  }

  @Test(
    "the named cases are judged alike",
    arguments: AcceptedTexts.all.map(\.bytes) + RefusedTexts.all.map(\.bytes))
  func agreesOnNamedCases(bytes: [UInt8]) throws {
    try expectSameJudgement(bytes)
  }

  private func expectSameJudgement(_ bytes: [UInt8]) throws {
    let bytes = withoutTrailingCommas(bytes)
    // Foundation looks for other encodings in the first four bytes.
    if bytes.prefix(4).contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return }
    let theirs = Self.foundation(bytes) != nil
    let ours = refusal(bytes)
    if (ours == nil) == theirs { return }
    if ours == nil, try hasWildValue(JSONDocument(parsing: objectsAsArrays(bytes)).root) { return }
    Issue.record("\(ours?.description ?? "accepted here only"): \(text(bytes).debugDescription)")
  }

  /// Takes out each comma that is all that this reader has against the text.
  private func withoutTrailingCommas(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    while let error = refusal(bytes), error.reason == .unexpectedByte,
      "]}".utf8.contains(bytes[error.offset]),
      let last = bytes[..<error.offset].lastIndex(where: { !" \t\r\n".utf8.contains($0) }),
      bytes[last] == UInt8(ascii: ",")
    {
      bytes.remove(at: last)
    }
    return bytes
  }

  /// A valid text with each object written as an array of its names and values, so that names are values too.
  private func objectsAsArrays(_ bytes: [UInt8]) -> [UInt8] {
    var isInString = false
    var isEscaped = false
    return bytes.map { byte in
      defer { isEscaped = isInString && !isEscaped && byte == UInt8(ascii: "\\") }
      if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
      guard !isInString else { return byte }
      return switch byte {
      case UInt8(ascii: "{"): UInt8(ascii: "[")
      case UInt8(ascii: "}"): UInt8(ascii: "]")
      case UInt8(ascii: ":"): UInt8(ascii: ",")
      default: byte
      }
    }
  }

  /// Whether a lone surrogate escape or a number beyond all doubles is anywhere in the value.
  private func hasWildValue(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .string: value.string == nil
    case .number: value.number == nil
    default: value.elements?.contains(where: hasWildValue) == true
    }
  }

  private func mutated(_ bytes: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    let tokens: [[UInt8]] = [
      Array("{".utf8), Array("}".utf8), Array("[".utf8), Array("]".utf8), Array(",".utf8), Array(":".utf8),
      Array("\"".utf8), Array("\\".utf8), Array("-".utf8), Array("0".utf8), Array(".".utf8), Array("e".utf8),
      Array("+".utf8), Array("\\u".utf8), Array("nul".utf8), Array(" ".utf8), [0x80], [0xC3], [0xE2, 0x80],
      [0x1F], [0],
    ]
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 0...3, using: &generator))
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: place)
      case 2: bytes.replaceSubrange(place..<end, with: tokens.randomElement(using: &generator) ?? [])
      default: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
      }
    }
    return bytes
  }
}
