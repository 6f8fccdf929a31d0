/// Makes JSON texts from a seed: all kinds of values, spellings, escapes and white space.
struct RandomJSON {
  var generator: SeededGenerator
  /// Whether lone surrogate escapes and numbers beyond all doubles may occur.
  var isWild = false

  init(seed: UInt64, isWild: Bool = false) {
    generator = SeededGenerator(seed: seed)
    self.isWild = isWild
  }

  mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

  /// A text of one value with white space around it.
  mutating func text(depth: Int = 4) -> String { space() + value(depth: depth) + space() }

  mutating func value(depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
    case 0: return pick(["true", "false", "null"])
    case 1, 2: return number()
    case 3, 4, 5: return string()
    case 6: return list("[", "]") { $0.value(depth: depth - 1) }
    default: return object(depth: depth)
    }
  }

  /// An object whose names differ, however they are written.
  mutating func object(depth: Int) -> String {
    var count = 0
    return list("{", "}") {
      count += 1
      let name = "\"" + $0.scalars(3) + "\(count)\""
      return name + $0.space() + ":" + $0.space() + $0.value(depth: depth - 1)
    }
  }

  private mutating func list(_ open: String, _ close: String, _ item: (inout Self) -> String) -> String {
    let items = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in space() + item(&self) + space() }
    return open + (items.isEmpty ? space() : items.joined(separator: ",")) + close
  }

  mutating func space() -> String { chance(60) ? "" : pick([" ", "\n", "\t", "\r\n", "  ", "\n    "]) }

  mutating func number() -> String {
    var text = chance(30) ? "-" : ""
    text += chance(20) ? "0" : String(UInt64.random(in: 1...(chance(50) ? 99 : .max), using: &generator))
    if chance(30) { text += "." + pick(["0", "5", "25", "000", "123456789012345678901", "10"]) }
    if chance(20) { text += pick(["e", "E"]) + pick(["", "+", "-"]) + pick(["0", "1", "07", "12", "100"]) }
    if isWild, chance(3) { text = pick(["1e400", "-1E+999999999999", "0.1e-99999999999"]) }
    return text
  }

  mutating func string() -> String { "\"" + scalars(chance(10) ? 60 : 8) + "\"" }

  /// The content of a string: up to `count` characters in any spelling.
  mutating func scalars(_ count: Int) -> String {
    (0..<Int.random(in: 0...count, using: &generator)).map { _ in scalar() }.joined()
  }

  private mutating func scalar() -> String {
    if isWild, chance(3) { return pick(["\\ud800", "\\uDFFF", "\\udc00\\ud800", "\\uDBFF\\u0041"]) }
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: return pick(["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"])
    case 1: return pick(["\\u0000", "\\u001f", "\\u0041", "\\u00E9", "\\u20ac", "\\uFFFF", "\\u2028"])
    case 2: return pick(["\\ud83d\\ude00", "\\uD834\\uDD1E", "\\uDBFF\\uDFFF"])
    case 3: return pick(["é", "ß", "Ж", "ש", "\u{85}", "\u{7FF}"])
    case 4: return pick(["€", "中", "\u{2028}", "\u{2029}", "\u{FFFD}", "한", "\u{301}", "\u{200D}"])
    case 5: return pick(["😀", "🇩🇪", "👩‍👩‍👧", "\u{10FFFF}", "\u{1F3FD}"])
    default:
      return pick(["a", "b", "Z", "0", " ", "'", "{", "}", "[", "]", ",", ":", "/", "\u{7F}", "word "])
    }
  }
}
